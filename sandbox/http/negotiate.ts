import type { Dialect } from '../dialect.ts';
import { NOT_ACCEPTABLE, problem, UNSUPPORTED_MEDIA_TYPE } from '../problem.ts';

export interface MediaType {
  /** Lower case, without parameters. */
  readonly type: string;
  readonly charset?: string;
}

/** FHIR's name of before STU3, which R4 servers are "encouraged" to take as well (http.html#mime-type), means the one of today. */
const named = (type: string): string => {
  const name = type.trim().toLowerCase();
  return name === 'application/json+fhir' ? 'application/fhir+json' : name;
};

const readMediaType = (header: string): MediaType => {
  const [type = '', ...parameters] = header.split(';');
  for (const parameter of parameters) {
    const [name, value] = parameter.split('=', 2);
    if (name?.trim().toLowerCase() === 'charset' && value !== undefined)
      return { type: named(type), charset: value.trim().replaceAll('"', '').toLowerCase() };
  }
  return { type: named(type) };
};

/** A header is the same from one request to the next: so many are remembered, of so many characters. */
const KEPT_MAX = 200;
const KEPT_LENGTH = 200;

/** Remembers what a pure function made of a header. */
const remembering = <T>(read: (header: string) => T): ((header: string) => T) => {
  const kept = new Map<string, T>();
  return (header) => {
    const known = kept.get(header);
    if (known !== undefined) return known;
    const made = read(header);
    if (kept.size >= KEPT_MAX) kept.clear();
    if (header.length <= KEPT_LENGTH) kept.set(header, made);
    return made;
  };
};

export const parseMediaType = remembering(readMediaType);

const covers = (range: string, type: string): boolean =>
  range === type || range === '*/*' || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));

const CHARSETS = new Set(['utf-8', 'utf8', 'us-ascii']);

/** The media type of a body that the operation takes; otherwise 415 with what it does take. */
export const checkContentType = (header: string | undefined, consumes: readonly string[]): string => {
  const takes = consumes.join(', ');
  // RFC 5789 section 2.2: a refused patch names the formats of patches by a header of its own.
  const patches = consumes.some((one) => one.includes('patch')) ? { 'accept-patch': takes } : {};
  const options = { at: 'Content-Type', headers: { accept: takes, ...patches } };
  if (header === undefined) throw problem(UNSUPPORTED_MEDIA_TYPE, `The body needs a Content-Type: ${takes}`, options);
  const { type, charset } = parseMediaType(header);
  if (!consumes.some((range) => covers(range, type)))
    throw problem(
      UNSUPPORTED_MEDIA_TYPE,
      `The body is ${JSON.stringify(type)}; this operation takes ${takes}`,
      options,
    );
  if (charset !== undefined && !CHARSETS.has(charset))
    throw problem(UNSUPPORTED_MEDIA_TYPE, `Text is UTF-8 here, not ${JSON.stringify(charset)}`, options);
  return type;
};

const refused = (parameters: readonly string[]): boolean =>
  parameters.some((parameter) => /^\s*q\s*=\s*0(?:\.0*)?\s*$/i.test(parameter));

/** RFC 9110 section 12.5.1, as far as yes or no needs it: the most specific range that covers a type decides on it. */
export const accepts = (accept: string, type: string): boolean => {
  let specificity = -1;
  let accepted = false;
  for (const entry of accept.split(',')) {
    const [name = '', ...parameters] = entry.split(';');
    const range = named(name);
    const rank = range === '*/*' ? 0 : range.endsWith('/*') ? 1 : 2;
    if (rank <= specificity || !covers(range, type)) continue;
    specificity = rank;
    accepted = !refused(parameters);
  }
  return accepted;
};

/** Whether one of the types is accepted, for each list of types that an operation produces. */
const acceptances = new WeakMap<readonly string[], (accept: string) => boolean>();

const acceptsOne = (accept: string, produces: readonly string[]): boolean => {
  let known = acceptances.get(produces);
  if (known === undefined) {
    known = remembering((header) => produces.some((type) => accepts(header, type)));
    acceptances.set(produces, known);
  }
  return known(accept);
};

/** 406 where the operation gives nothing that the client accepts. */
export const checkAccept = (accept: string | undefined, produces: readonly string[]): void => {
  // `*/*` in a contract: which type it is depends on what is asked for, so the handler judges.
  if (accept === undefined || accept.trim() === '' || produces.length === 0 || produces.includes('*/*')) return;
  if (acceptsOne(accept, produces)) return;
  throw problem(NOT_ACCEPTABLE, `This operation gives ${produces.join(', ')}; Accept allows none of them`, {
    at: 'Accept',
  });
};

const VERSION = /;\s*version\s*=\s*"?([^;,"\s]+)/gi;

type Versioned = 'accept' | 'content-type';
const NAMES: Readonly<Record<Versioned, string>> = { accept: 'Accept', 'content-type': 'Content-Type' };
const ACCEPT_ALONE: readonly Versioned[] = ['accept'];

/** 406 where a header asks for versions of the API, or says of a body that it is of one, and none of them is served. */
export const checkVersions = (
  headers: Readonly<Record<string, string | undefined>>,
  { versions = [], versioned = ACCEPT_ALONE }: Pick<Dialect, 'versions' | 'versioned'>,
): void => {
  for (const header of versioned) {
    const asked = [...(headers[header] ?? '').matchAll(VERSION)].map(([, version = '']) => version);
    if (asked.length === 0 || asked.some((version) => versions.includes(version))) continue;
    const which = asked.join(', ').slice(0, 40);
    throw problem(NOT_ACCEPTABLE, `Version ${which} is not served, only ${versions.join(', ')}`, { at: NAMES[header] });
  }
};
