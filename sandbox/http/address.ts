import { BAD_REQUEST, NOT_FOUND, problem } from '../problem.ts';

/** Where a request goes: `/{sandbox}/{participant}/path?query`, or `/{sandbox}/FHIR/R4/…` for the main participant. */
export interface Address {
  readonly sandbox: string;
  /** Absent where the path names none, which means the main one. */
  readonly participant?: string;
  /** Below the participant's base, as it was sent, beginning with a slash. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly search: string;
}

/** Longer URLs are refused; a search that needs more is a POST to `_search`. */
export const URL_MAX = 8192;

/** The parts of a request target as it arrived below `/sandboxes`; undefined where it names nothing in a sandbox. */
export const parseAddress = (target: string): Address | undefined => {
  const start = target.startsWith('/') ? 0 : target.indexOf('/', target.indexOf('//') + 2);
  if (start < 0) return undefined;
  const mark = target.indexOf('?', start);
  const pathname = target.slice(start, mark < 0 ? undefined : mark);
  const search = mark < 0 ? '' : target.slice(mark);
  const second = pathname.indexOf('/', 1);
  if (second < 2 || second === pathname.length - 1) return undefined;
  const sandbox = pathname.slice(1, second);
  const below = pathname.slice(second);
  if (below === '/FHIR' || below.startsWith('/FHIR/')) return { sandbox, path: below, search };
  const third = below.indexOf('/', 1);
  const participant = below.slice(1, third < 0 ? undefined : third);
  return { sandbox, participant, path: third < 0 ? '/' : below.slice(third), search };
};

const decodes = (text: string): boolean => {
  try {
    return !decodeURIComponent(text).includes('\0');
  } catch {
    return false;
  }
};

/** Refuses what cannot be read as UTF-8 text: broken percent-encoding, NUL, bytes that no URL holds, too much of it. */
export const checkAddress = ({ path, search }: Address): void => {
  if (path.length + search.length > URL_MAX)
    throw problem(BAD_REQUEST, `The URL is longer than ${URL_MAX} characters`, { at: 'url' });
  // RFC 3986 section 2: a URL is made of visible ASCII.
  if (/[^!-~]/.test(path) || /[^!-~]/.test(search))
    throw problem(BAD_REQUEST, 'The URL holds characters that have to be percent-encoded', { at: 'url' });
  if (path.includes('%') && !decodes(path))
    throw problem(BAD_REQUEST, 'The path is not valid percent-encoded UTF-8, or holds NUL', { at: 'url' });
  if (search.includes('%') && !decodes(search))
    throw problem(BAD_REQUEST, 'The query is not valid percent-encoded UTF-8, or holds NUL', { at: 'url' });
};

export const noSuchSandbox = (id: string) =>
  problem(NOT_FOUND, `There is no sandbox ${JSON.stringify(id.slice(0, 64))}; it may have expired or been deleted`);
