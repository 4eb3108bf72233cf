import type { ServerResponse } from 'node:http';
import { CLIENT_GONE, CLIENT_LEFT } from '../journal-notes.ts';
import { NEWEST } from '../journal-usual.ts';
import type { Reply } from '../pattern.ts';
import { spoilHeaders } from './fault-effects.ts';
import { followed } from './follow.ts';
import { COMMON_HEADERS, echo } from './headers.ts';
import type { Passage } from './passage.ts';
import { sayVersion, versionHeaderOf } from './version-header.ts';

/** Bytes of a streamed body that are kept for the journal. */
const KEPT = 65_536;

const NO_HEADERS: Readonly<Record<string, string>> = {};

const isStream = (body: unknown): body is AsyncIterable<string | Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

const defaultType = (path: string): string =>
  path.startsWith('/FHIR/') ? 'application/fhir+json; charset=utf-8' : 'application/json; charset=utf-8';

/** An answer's headers in lower case, and which set of them (journal-usual.ts) goes before these. */
interface Head {
  readonly usual: number | undefined;
  readonly headers: Record<string, string>;
}

/** What every answer has, the reply's own, the ids echoed, then what faults make of them. */
const headOf = (passage: Passage, reply: Reply, size: number | undefined, type?: string): Head => {
  const dialect = passage.served?.dialect;
  const own: Record<string, string> = {};
  const given = reply.headers ?? NO_HEADERS;
  let usual: number | undefined = NEWEST;
  for (const name of Object.keys(given)) {
    const lower = name.toLowerCase();
    own[lower] = given[name] ?? '';
    if (COMMON_HEADERS[lower] !== undefined) usual = undefined;
  }
  const echoed = echo(dialect, passage.headers);
  if (echoed !== undefined) Object.assign(own, echoed);
  if (type !== undefined) own['content-type'] = type;
  else if (reply.body !== undefined) own['content-type'] ??= defaultType(passage.address?.path ?? '');
  // RFC 9110 section 8.6: neither a 204 nor a 304 announces a length.
  if (size !== undefined && reply.status !== 204 && reply.status !== 304) own['content-length'] = String(size);
  const saysVersion = versionHeaderOf(dialect) !== undefined;
  if (usual !== undefined && passage.strikes.length === 0 && !saysVersion) return { usual, headers: own };
  const headers = { ...COMMON_HEADERS, ...own };
  sayVersion(dialect, headers);
  if (passage.strikes.length > 0) spoilHeaders(passage.strikes, headers, { echoed: echoed ?? NO_HEADERS, dialect });
  return { usual: undefined, headers };
};

const COMMON_LINES: readonly string[] = Object.entries(COMMON_HEADERS).flat();

/** Names and values in turn, which Node takes as they are. */
const linesOf = ({ usual, headers }: Head): string[] => {
  const lines = usual === undefined ? [] : [...COMMON_LINES];
  for (const name of Object.keys(headers)) lines.push(name, headers[name] ?? '');
  return lines;
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
  head: Head,
  body: AsyncIterable<string | Uint8Array>,
): Promise<void> => {
  const { response } = passage;
  const kept: Buffer[] = [];
  let size = 0;
  let note: string | undefined;
  let gone = false;
  response.writeHead(status, linesOf(head));
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
  passage.finish({ status, ...head, body: Buffer.concat(kept) }, note);
};

/** Sends the reply, with what faults do to it, and completes the exchange in the journal; a promise only of what streams. */
export const respond = (passage: Passage, reply: Reply): undefined | Promise<void> => {
  const { response } = passage;
  const { status, body } = reply;
  const silent = passage.method === 'HEAD' || status === 204 || status === 304;
  if (reply.follow !== undefined && !silent) {
    const head = headOf(passage, reply, undefined, 'text/event-stream');
    return stream(passage, status, head, followed(passage, reply.follow));
  }
  if (isStream(body) && !silent) return stream(passage, status, headOf(passage, reply, undefined), body);
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined || isStream(body) ? '' : raw ? body : JSON.stringify(body);
  const size = isStream(body) ? undefined : Buffer.byteLength(bytes);
  const head = headOf(passage, reply, size);
  const gone = passage.gone;
  response.writeHead(status, linesOf(head));
  if (silent) response.end();
  // Text of as many bytes as characters is ASCII: as such it needs no encoding.
  else if (typeof bytes === 'string' && size === bytes.length) response.end(bytes, 'latin1');
  else response.end(bytes);
  const { stored } = reply;
  const source = stored !== undefined && stored.text === bytes ? passage.sourceOf(stored.key) : undefined;
  const { headers, usual } = head;
  passage.finish(
    silent ? { status, headers, usual } : { status, headers, usual, body: bytes, bytes: size, source },
    gone ? CLIENT_GONE : passage.note,
  );
  return undefined;
};
