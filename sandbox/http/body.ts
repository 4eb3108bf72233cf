import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MALFORMED_BODY, problem, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE } from '../problem.ts';

/** The client went away before its request was complete: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('The client disconnected before the request was complete');
    this.name = 'ClientGone';
  }
}

const EMPTY = Buffer.alloc(0);
const inflate = promisify(gunzip);

/** What a body may be said to be, in bytes, for the rest of it to be taken and thrown away once it is refused. */
const TAKEN_TO_THE_END = 64 * 1024 * 1024;

const tooLarge = (limit: number, headers: Readonly<Record<string, string>> = {}) =>
  problem(TOO_LARGE, `The body is larger than ${limit} bytes`, { headers });

/** What is still to come is too much: without closing, the client would have to send it all before it is heard again. */
const endlesslyLarge = (limit: number) => tooLarge(limit, { connection: 'close' });

const collect = (request: IncomingMessage, limit: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let ended = false;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(endlesslyLarge(limit));
    });
    request.on('end', () => {
      ended = true;
      const [first, second] = chunks;
      resolve(first !== undefined && second === undefined ? first : Buffer.concat(chunks));
    });
    request.on('error', () => reject(new ClientGone()));
    request.on('close', () => {
      if (!ended) reject(new ClientGone());
    });
    // It went away while something else was awaited, such as the sandbox's rows: none of these will be told again.
    if (request.destroyed) reject(new ClientGone());
  });

const unzip = async (bytes: Buffer, limit: number): Promise<Buffer> => {
  try {
    return await inflate(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw problem(MALFORMED_BODY, 'The body says that it is gzip, but cannot be unpacked', { at: 'Content-Encoding' });
  }
};

/**
 * The body's bytes, unpacked. At most `limit` bytes are kept, both as sent and unpacked (413); the only encoding is gzip
 * (415). With `asSent` they stay packed, however they are. Rejects with ClientGone where the rest never comes.
 */
export const readBody = (request: IncomingMessage, limit: number, asSent = false): Buffer | Promise<Buffer> => {
  const { headers } = request;
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return EMPTY;
  return receive(request, limit, asSent);
};

const receive = async (request: IncomingMessage, limit: number, asSent: boolean): Promise<Buffer> => {
  const { headers } = request;
  const length = Number(headers['content-length']);
  if (length > limit) {
    request.resume();
    // Closing while the client still sends resets the connection, and most clients then report that and never read the answer.
    throw length > TAKEN_TO_THE_END ? endlesslyLarge(limit) : tooLarge(limit);
  }
  const bytes = await collect(request, limit);
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (asSent || encoding === 'identity' || bytes.length === 0) return bytes;
  if (encoding === 'gzip' || encoding === 'x-gzip') return unzip(bytes, limit);
  throw problem(UNSUPPORTED_MEDIA_TYPE, `Bodies may be packed with gzip, not with ${encoding.slice(0, 40)}`, {
    at: 'Content-Encoding',
    headers: { 'accept-encoding': 'gzip' },
  });
};

const JSON_TYPE = /^[\w.-]+\/(?:[\w.!#$&^-]+\+)?json$/;
// An escaped NUL: \u0000 after an even number of backslashes.
const ESCAPED_NUL = /(?<!\\)(?:\\\\)*\\u0000/;
export const FORM_TYPE = 'application/x-www-form-urlencoded';

export const isJson = (type: string): boolean => JSON_TYPE.test(type);

const checkForm = (body: Buffer): void => {
  if (!body.includes('%')) return;
  try {
    if (!decodeURIComponent(body.toString('latin1')).includes('\0')) return;
  } catch {
    // Reported below, like a NUL.
  }
  throw problem(MALFORMED_BODY, 'The form is not valid percent-encoded UTF-8, or holds NUL', { at: '/' });
};

const checkEscapes = (text: string): void => {
  const found = ESCAPED_NUL.exec(text);
  if (found === null) return;
  const lines = text.slice(0, found.index + found[0].length - '\\u0000'.length).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
  throw problem(MALFORMED_BODY, `The character NUL (\\u0000) is not allowed in text at ${place}`, { at: '/' });
};

/** Refuses text that is not UTF-8 or holds NUL, which no store of ours can keep (rules 1). */
export const checkText = (body: Buffer, type: string): void => {
  const json = isJson(type);
  if (!json && type !== FORM_TYPE) return;
  if (!isUtf8(body)) throw problem(MALFORMED_BODY, 'The body is not valid UTF-8', { at: '/' });
  if (!json) checkForm(body);
  else if (body.includes('\\u0000')) checkEscapes(body.toString('utf8'));
};

/** The parsed JSON, or a 400 that says where the text stops being JSON. */
export const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable';
    throw problem(MALFORMED_BODY, `The body is not JSON: ${why}`, { at: '/' });
  }
};
