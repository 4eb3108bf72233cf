import type { ServerResponse } from 'node:http';
import { CLIENT_GONE, CLIENT_LEFT } from '../journal-notes.ts';
import type { Reply } from '../pattern.ts';
import { spoilHeaders } from './fault-effects.ts';
import { followed } from './follow.ts';
import { COMMON_HEADERS, echo } from './headers.ts';
import type { Passage } from './passage.ts';
import { sayVersion } from './version-header.ts';

/** Bytes of a streamed body that are kept for the journal. */
const KEPT = 65_536;

const NO_HEADERS: Readonly<Record<string, string>> = {};

const isStream = (body: unknown): body is AsyncIterable<string | Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

const defaultType = (path: string): string =>
  path.startsWith('/FHIR/') ? 'application/fhir+json; charset=utf-8' : 'application/json; charset=utf-8';

/** Headers in lower case: what every answer has, the reply's own, the ids echoed, then what faults make of them. */
const headersFor = (passage: Passage, reply: Reply, size: number | undefined): Record<string, string> => {
  const headers: Record<string, string> = { ...COMMON_HEADERS };
  const given = reply.headers ?? NO_HEADERS;
  for (const name of Object.keys(given)) headers[name.toLowerCase()] = given[name] ?? '';
  sayVersion(passage.served?.dialect, headers);
  const echoed = echo(passage.served?.dialect, passage.headers);
  Object.assign(headers, echoed);
  if (reply.body !== undefined) headers['content-type'] ??= defaultType(passage.address?.path ?? '');
  // RFC 9110 section 8.6: neither a 204 nor a 304 announces a length.
  if (size !== undefined && reply.status !== 204 && reply.status !== 304) headers['content-length'] = String(size);
  if (passage.strikes.length > 0) spoilHeaders(passage.strikes, headers, { echoed, dialect: passage.served?.dialect });
  return headers;
};

/** Resolves when more can be written, or nothing any more. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

const stream = async (
  passage: Passage,
  status: number,
  headers: Record<string, string>,
  body: AsyncIterable<string | Uint8Array>,
): Promise<void> => {
  const { response } = passage;
  const kept: Buffer[] = [];
  let size = 0;
  let note: string | undefined;
  let gone = false;
  response.writeHead(status, headers);
  try {
    for await (const chunk of body) {
      gone = passage.gone;
      if (gone) break;
      const bytes = Buffer.from(chunk);
      if (size < KEPT) kept.push(bytes.subarray(0, KEPT - size));
      size += bytes.length;
      if (!response.write(bytes) && !response.destroyed) await drained(response);
    }
    response.end();
  } catch (error) {
    // The status is sent already: only a broken connection can still tell that this is not the whole.
    note = `The reply broke off after ${size} bytes`;
    passage.host.log.error({ err: error, correlation: passage.id }, 'a streamed reply failed');
    response.destroy();
  }
  if (gone) note ??= CLIENT_LEFT;
  if (size > KEPT) note ??= `Of ${size} bytes the first ${KEPT} are shown`;
  passage.finish({ status, headers, body: Buffer.concat(kept) }, note);
};

/** Sends the reply, with what faults do to it, and completes the exchange in the journal. */
export const respond = async (passage: Passage, reply: Reply): Promise<void> => {
  const { response } = passage;
  const { status, body } = reply;
  const silent = passage.method === 'HEAD' || status === 204 || status === 304;
  if (reply.follow !== undefined && !silent) {
    const headers = { ...headersFor(passage, reply, undefined), 'content-type': 'text/event-stream' };
    return stream(passage, status, headers, followed(passage, reply.follow));
  }
  if (isStream(body) && !silent) return stream(passage, status, headersFor(passage, reply, undefined), body);
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined || isStream(body) ? '' : raw ? body : JSON.stringify(body);
  const size = isStream(body) ? undefined : Buffer.byteLength(bytes);
  const headers = headersFor(passage, reply, size);
  const gone = passage.gone;
  response.writeHead(status, headers);
  if (silent) response.end();
  // Text of as many bytes as characters is ASCII: as such it needs no encoding.
  else if (typeof bytes === 'string' && size === bytes.length) response.end(bytes, 'latin1');
  else response.end(bytes);
  const { stored } = reply;
  const source = stored !== undefined && stored.text === bytes ? passage.sourceOf(stored.key) : undefined;
  passage.finish(
    silent ? { status, headers } : { status, headers, body: bytes, bytes: size, source },
    gone ? CLIENT_GONE : passage.note,
  );
};
