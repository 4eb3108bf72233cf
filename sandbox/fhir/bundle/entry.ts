import { BAD_REQUEST, type Fault, ProblemError, problem } from '../../problem.ts';
import { type Route, routeOf } from './route.ts';

export type Verb = 'DELETE' | 'POST' | 'PUT' | 'PATCH' | 'GET' | 'HEAD';

/** One entry of a batch or transaction. */
export interface Entry {
  readonly index: number;
  readonly verb: Verb;
  readonly route: Route;
  readonly fullUrl?: string;
  /** The same as others here write it, where it lies below this endpoint: `Type/id`. */
  readonly localUrl?: string;
  readonly resource?: unknown;
  /** Of `request`, by the name of the HTTP header that says the same. */
  readonly headers: Readonly<Record<string, string>>;
}

const VERBS: readonly Verb[] = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET', 'HEAD'];
const HEADERS = {
  ifMatch: 'if-match',
  ifNoneMatch: 'if-none-match',
  ifModifiedSince: 'if-modified-since',
  ifNoneExist: 'if-none-exist',
} as const;
const IN_REQUEST: Readonly<Record<string, string>> = {
  'If-Match': '.request.ifMatch',
  'If-None-Match': '.request.ifNoneMatch',
  'If-None-Exist': '.request.ifNoneExist',
  criteria: '.request.url',
  url: '.request.url',
  id: '.request.url',
};

export const placeOfEntry = (index: number): string => `Bundle.entry[${index}]`;

const placeIn = (index: number, at: string | undefined): string => {
  const place = placeOfEntry(index);
  if (at === undefined || at.startsWith(place)) return at ?? place;
  const inRequest = IN_REQUEST[at];
  if (inRequest !== undefined) return `${place}${inRequest}`;
  const inResource = /^[A-Z][A-Za-z]*((?:[.[].*)?)$/.exec(at);
  return inResource === null ? place : `${place}.resource${inResource[1]}`;
};

/** The same problem, its places counted from the bundle: `Bundle.entry[3].resource.name[0]`. */
export const inEntry = (index: number, error: ProblemError): ProblemError => {
  const faults = error.faults.map((fault): Fault => ({ ...fault, at: placeIn(index, fault.at) }));
  return new ProblemError(error.problem, faults, error.headers);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const localUrlOf = (fullUrl: string, bases: readonly string[]): { localUrl?: string } => {
  const base = bases.find((each) => fullUrl.startsWith(`${each}/`));
  return base === undefined ? {} : { localUrl: fullUrl.slice(base.length + 1) };
};

/** The names by which links may mean what an entry makes or changes. */
export const namesOf = ({ fullUrl, localUrl }: Pick<Entry, 'fullUrl' | 'localUrl'>): readonly string[] =>
  [fullUrl, localUrl].filter((name) => name !== undefined);

/** Reads one entry; refuses, with the place, one that asks for nothing that can be done. */
export const readEntry = (value: unknown, index: number, bases: readonly [string, ...string[]]): Entry => {
  const at = placeOfEntry(index);
  if (!isObject(value)) throw problem(BAD_REQUEST, 'An entry has to be an object', { at });
  const { request, resource, fullUrl } = value;
  if (!isObject(request)) throw problem(BAD_REQUEST, 'The entry has no request', { at: `${at}.request` });
  const verb = VERBS.find((known) => known === request.method);
  if (verb === undefined)
    throw problem(BAD_REQUEST, `The method has to be one of ${VERBS.join(', ')}`, { at: `${at}.request.method` });
  if (typeof request.url !== 'string' || request.url === '')
    throw problem(BAD_REQUEST, 'The request has no url', { at: `${at}.request.url` });
  const route = routeOf(verb === 'HEAD' ? 'GET' : verb, request.url, bases);
  const headers: Record<string, string> = {};
  for (const [name, header] of Object.entries(HEADERS)) {
    const text = request[name];
    if (typeof text === 'string') headers[header] = name === 'ifModifiedSince' ? new Date(text).toUTCString() : text;
    else if (text !== undefined) throw problem(BAD_REQUEST, `${name} has to be text`, { at: `${at}.request.${name}` });
  }
  const needsResource = verb === 'POST' || verb === 'PUT' || verb === 'PATCH';
  if (needsResource && resource === undefined)
    throw problem(BAD_REQUEST, `${verb} needs a resource`, { at: `${at}.resource` });
  if (!needsResource && resource !== undefined)
    throw problem(BAD_REQUEST, `${verb} takes no resource`, { at: `${at}.resource` });
  return {
    index,
    verb,
    route,
    headers,
    ...(typeof fullUrl === 'string' ? { fullUrl, ...localUrlOf(fullUrl, bases) } : {}),
    ...(needsResource ? { resource } : {}),
  };
};

const ORDER: Readonly<Record<Verb, number>> = { DELETE: 0, POST: 1, PUT: 2, PATCH: 2, GET: 3, HEAD: 3 };

/** FHIR R4 http.html#trules: DELETE, POST, PUT and PATCH, GET and HEAD; within a kind as they came. */
export const inOrder = <T extends Pick<Entry, 'verb'>>(entries: readonly T[]): readonly T[] =>
  entries.toSorted((a, b) => ORDER[a.verb] - ORDER[b.verb]);
