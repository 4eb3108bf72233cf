import type { Sentinel } from './dialect.ts';
import type { Strike } from './faults.ts';

/** The parts of a request in which a fault's value is looked for. */
export interface FaultSubject {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** Media type of the body, without parameters. */
  readonly mediaType?: string;
}

/** What a search value names: itself, `v` in `system|v` and in `Type/v`, and each of several that are joined by commas. */
const addNames = (given: string, names: string[]): void => {
  for (const one of given.split(',')) {
    names.push(one);
    if (one.includes('|')) names.push(one.slice(one.lastIndexOf('|') + 1));
    if (one.includes('/')) names.push(one.slice(one.lastIndexOf('/') + 1));
  }
};

const queryNames = (query: URLSearchParams): readonly string[] => {
  const names: string[] = [];
  for (const given of query.values()) addNames(given, names);
  return names;
};

/** All that the path and the query name. */
const urlNames = ({ params, query }: FaultSubject): readonly string[] =>
  query.size === 0 ? Object.values(params) : [...Object.values(params), ...queryNames(query)];

const identifies = (identifier: unknown, value: string): boolean =>
  Array.isArray(identifier)
    ? identifier.some((one) => identifies(one, value))
    : typeof identifier === 'object' && identifier !== null && 'value' in identifier && identifier.value === value;

const ASCII = /^[ -~]*$/;

// Nobody nests identifiers deeper; a hostile body must not exhaust the stack.
const DEPTH = 32;

const holds = (node: unknown, value: string, depth: number): boolean => {
  if (typeof node !== 'object' || node === null || depth > DEPTH) return false;
  if (Array.isArray(node)) return node.some((child) => holds(child, value, depth + 1));
  return Object.entries(node).some(
    ([name, child]) => (name === 'identifier' && identifies(child, value)) || holds(child, value, depth + 1),
  );
};

/** A search that is sent as JSON (NRL), as far as it says about whom: `"subject:identifier": "system|value"`. */
const asksFor = (parameters: object, value: string): boolean => {
  const names: string[] = [];
  for (const [name, given] of Object.entries(parameters))
    if (typeof given === 'string' && /^(?:subject|patient)(?:[.:]identifier)?$/.test(name)) addNames(given, names);
  return names.includes(value);
};

const bodyNames = ({ body, mediaType }: FaultSubject, value: string): boolean => {
  if (body.length === 0 || mediaType === undefined || !body.includes(value)) return false;
  const text = body.toString('utf8');
  if (mediaType === 'application/x-www-form-urlencoded') return queryNames(new URLSearchParams(text)).includes(value);
  try {
    const resource: unknown = JSON.parse(text);
    if (typeof resource !== 'object' || resource === null) return false;
    const id = 'id' in resource ? resource.id : undefined;
    return id === value || holds(resource, value, 0) || (!('resourceType' in resource) && asksFor(resource, value));
  } catch {
    return false;
  }
};

const latin1Of = (text: string): string => (ASCII.test(text) ? text : Buffer.from(text).toString('latin1'));

/** Whether the request names the value: as the id in its path, as a search value, or as an identifier in its body. */
export const requestNames = (subject: FaultSubject, value: string): boolean =>
  urlNames(subject).includes(value) || bodyNames(subject, value);

const NONE: readonly Strike[] = [];

/** The sentinels of a dialect that a request names. */
export const sentinelsIn = (sentinels: readonly Sentinel[], subject: FaultSubject): readonly Strike[] => {
  // Byte for byte, and at hand as a text: to look for several values in that is much cheaper than in a buffer.
  const bytes = subject.body.length === 0 ? '' : subject.body.toString('latin1');
  const named = urlNames(subject);
  const isNamed = ({ value }: Sentinel): boolean =>
    named.includes(value) || (bytes !== '' && bytes.includes(latin1Of(value)) && bodyNames(subject, value));
  if (!sentinels.some(isNamed)) return NONE;
  // Those of messages strike in a queue: message-faults.ts.
  const meant = sentinels.filter((one) => one.fault.kind !== 'message' && isNamed(one));
  return meant.map(({ fault, value }) => ({ effect: fault, because: `sentinel ${value}` }));
};
