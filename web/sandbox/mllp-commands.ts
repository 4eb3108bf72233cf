import type { Endpoint, Sandbox } from '../data/sandbox-types.ts';
import type { Command } from './commands.ts';

/** `20261122100000`, of the sandbox's clock. */
const timestamp = ({ clock }: Sandbox): string => clock.now.slice(0, 19).replace(/[-:T]/g, '');

/** Messages through `fingerpost hl7 send`, which prints the acknowledgement; a control id is new each time. */
export const mllpCommands = (
  sandbox: Sandbox,
  { url, credential = '', messages = [] }: Endpoint,
  uuid: () => string,
  quote: (text: string) => string,
): Command[] => {
  if (url === undefined) return [];
  const now = timestamp(sandbox);
  return messages.map(({ title, type, accept, application = '', segments }) => {
    const id = uuid().replaceAll('-', '').slice(0, 20).toUpperCase();
    const mode = accept === undefined ? '' : `|||${accept}|${application}`;
    const head = `MSH|^~\\&|PAS|RCB|ROUTE|ROUTE|${now}|${credential}|${type}|${id}|P|2.4${mode}`;
    const message = [head, ...segments.map((segment) => segment.replaceAll('{now}', now)), ''].join('\r');
    // printf writes \r as a carriage return, and \\ as one backslash.
    const text = message.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\r', '\\r');
    return { title, text: `printf ${quote(text)} \\\n  | npx fingerpost hl7 send --to ${quote(url)}` };
  });
};
