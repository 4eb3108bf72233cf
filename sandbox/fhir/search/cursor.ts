import { INVALID_PARAMETER, problem } from '../../problem.ts';

/** Where a page ended: the next one begins after it, whatever was inserted meanwhile. */
export interface Cursor {
  readonly rk: number;
  /** The sort values of the last resource, as many as there are sort keys. */
  readonly keys: readonly (string | number)[];
}

export const CURSOR_PARAMETER = '_cursor';

export const writeCursor = ({ rk, keys }: Cursor): string =>
  Buffer.from(JSON.stringify([rk, ...keys])).toString('base64url');

/** Reads what `writeCursor` wrote for a search sorted by keys of these kinds; anything else is INVALID_PARAMETER. */
export const readCursor = (text: string, kinds: readonly ('string' | 'number')[]): Cursor => {
  const refused = problem(INVALID_PARAMETER, `${CURSOR_PARAMETER} is none that this search gave out`, {
    at: CURSOR_PARAMETER,
  });
  if (text.length > 2000) throw refused;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw refused;
  }
  if (!Array.isArray(value)) throw refused;
  const [rk, ...keys]: unknown[] = value;
  if (typeof rk !== 'number' || !Number.isSafeInteger(rk)) throw refused;
  const fit = (key: unknown, index: number): key is string | number => typeof key === kinds[index];
  if (keys.length !== kinds.length || !keys.every(fit)) throw refused;
  return { rk, keys };
};
