import { formatDuration, parseDuration } from '../../sandbox/duration.ts';
import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';

/** Real milliseconds; longer than a sandbox needs and shorter than a database fills. */
export const TTL_MAX = 30 * 86_400_000;

/** An ISO 8601 duration of a request's body, in milliseconds; throws BAD_REQUEST with its place. */
export const readDuration = (text: string, at: string): number => {
  try {
    return parseDuration(text);
  } catch (error) {
    throw problem(BAD_REQUEST, error instanceof Error ? error.message : String(error), { at });
  }
};

/** How long a sandbox lives, in real milliseconds: what was asked for, else the service's own. */
export const readTtl = (asked: string | undefined, usual: number): number => {
  if (asked === undefined) return usual;
  const ttl = readDuration(asked, '/ttl');
  if (ttl === 0 || ttl > TTL_MAX)
    throw problem(BAD_REQUEST, `A sandbox lives longer than PT0S and at most ${formatDuration(TTL_MAX)}`, {
      at: '/ttl',
    });
  return ttl;
};
