import type { ProblemEntry } from '../data/http.ts';

const unescaped = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What is wrong with the answers in a page's address, in the address's words and not in those of the call behind it. */
export const addressProblems = (entries: readonly ProblemEntry[]): string[] =>
  entries.map(({ at = '', detail }) => {
    const [, escaped] = /^\/answers\/([^/]+)$/.exec(at) ?? [];
    return escaped !== undefined && detail.startsWith(`${at} must be one of `)
      ? `${unescaped(escaped)} in the address has to be yes, no or unsure`
      : sentence(detail);
  });
