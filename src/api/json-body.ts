import express, { type Request, type Response } from 'express';
import { BAD_REQUEST, MALFORMED_BODY, problem, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE } from '../../sandbox/problem.ts';

const LIMIT = 1024 * 1024;
/** Deeper than anything the contract describes, shallow enough for recursive readers. */
const DEPTH_MAX = 64;

const raw = express.raw({ type: () => true, limit: LIMIT });

/** The bytes of a body of any type; none where there is no body. */
export const collectBody = async (request: Request, response: Response): Promise<Uint8Array> => {
  await new Promise<void>((resolve, reject) => {
    raw(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  const body: unknown = request.body;
  return Buffer.isBuffer(body) ? body : new Uint8Array();
};

const statusOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;

/** What the body parser or the router refused, as a problem; undefined where the error is not theirs. */
export const refusalOf = (error: unknown) => {
  const status = statusOf(error);
  if (status === 413) return problem(TOO_LARGE, `A body may have ${LIMIT} bytes`);
  if (status === 415) return problem(UNSUPPORTED_MEDIA_TYPE, 'The Content-Encoding or charset is not supported');
  if (status === 400)
    return problem(
      BAD_REQUEST,
      error instanceof URIError ? 'The path is not validly percent-encoded' : 'The request cannot be read',
    );
  return undefined;
};

/** No store keeps NUL in text (rules 1), and half a surrogate pair is no character. */
const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

const refuseUnsafe = (root: unknown): void => {
  const waiting: { value: unknown; at: string; depth: number }[] = [{ value: root, at: '', depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, at, depth } = next;
    if (typeof value === 'string' && !storable(value))
      throw problem(MALFORMED_BODY, 'Text must not contain NUL or half a surrogate pair', { at: at === '' ? '/' : at });
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEPTH_MAX) throw problem(MALFORMED_BODY, `The body is nested deeper than ${DEPTH_MAX}`, { at });
    for (const [key, entry] of Object.entries(value)) {
      const below = `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (key === '__proto__' || !storable(key))
        throw problem(MALFORMED_BODY, 'A member has a name that is not allowed', { at: at === '' ? '/' : at });
      waiting.push({ value: entry, at: below, depth: depth + 1 });
    }
  }
};

/** Parses a JSON body, refusing what no later reader should meet. */
export const parseJson = (bytes: Uint8Array): unknown => {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw problem(MALFORMED_BODY, 'The body is not valid UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw problem(MALFORMED_BODY, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  refuseUnsafe(value);
  return value;
};
