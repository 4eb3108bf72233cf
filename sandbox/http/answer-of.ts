import type { Half } from '../journal.ts';
import { NEWEST } from '../journal-usual.ts';
import type { Reply } from '../pattern.ts';
import { spoilHeaders } from './fault-effects.ts';
import { COMMON_HEADERS, echo } from './headers.ts';
import type { Passage } from './passage.ts';
import { sayVersion, versionHeaderOf } from './version-header.ts';

const NO_HEADERS: Readonly<Record<string, string>> = {};

const defaultType = (path: string): string =>
  path.startsWith('/FHIR/') ? 'application/fhir+json; charset=utf-8' : 'application/json; charset=utf-8';

/** An answer's headers in lower case, and which set of them (journal-usual.ts) goes before these. */
export interface Head {
  readonly usual: number | undefined;
  readonly headers: Record<string, string>;
}

/** What every answer has, the reply's own, the ids echoed, then what faults make of them. */
export const headOf = (passage: Passage, reply: Reply, size: number | undefined, type?: string): Head => {
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
export const linesOf = ({ usual, headers }: Head): string[] => {
  const lines = usual === undefined ? [] : [...COMMON_LINES];
  for (const name of Object.keys(headers)) lines.push(name, headers[name] ?? '');
  return lines;
};

/** Whether the body comes bit by bit. */
export const isStream = (body: unknown): body is AsyncIterable<string | Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/** An answer as it is sent, and as the journal has it. */
export interface Answer {
  readonly status: number;
  readonly head: Head;
  /** Undefined where no body may be sent. */
  readonly bytes: string | Uint8Array | undefined;
  readonly size: number | undefined;
  readonly half: Half;
}

const mayHaveBody = ({ method }: Passage, status: number): boolean =>
  method !== 'HEAD' && status !== 204 && status !== 304;

/** Undefined for what is streamed. */
export const answerOf = (passage: Passage, reply: Reply): Answer | undefined => {
  const { status, body, stored } = reply;
  const silent = !mayHaveBody(passage, status);
  if (!silent && (reply.follow !== undefined || isStream(body))) return undefined;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined || isStream(body) ? '' : raw ? body : JSON.stringify(body);
  const size = isStream(body) ? undefined : Buffer.byteLength(bytes);
  const head = headOf(passage, reply, size);
  const { headers, usual } = head;
  if (silent) return { status, head, bytes: undefined, size, half: { status, headers, usual } };
  const source = stored !== undefined && stored.text === bytes ? passage.sourceOf(stored.key) : undefined;
  return { status, head, bytes, size, half: { status, headers, usual, body: bytes, bytes: size, source } };
};
