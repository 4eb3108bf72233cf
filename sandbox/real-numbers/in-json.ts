import { findNhsNumbers, judgeBareNumber, numberOfReference, PERHAPS_REAL } from '../nhs-number.ts';
import { realNumbersIn } from '../nhs-number-query.ts';
import type { Fault } from '../problem.ts';
import { mayHoldReal, NAMES_NUMBER, namesRealToken, saysReal } from './in-text.ts';

/** Members that name a person, where what they hold is text: the subject of an event, say. */
const NAMES_PERSON = /^(?:subject|patient)$/;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Whether a text names somebody's number wherever it stands: as a label says, as an address or a search does. */
export const namesRealAnywhere = (text: string): boolean => {
  if (!mayHoldReal(text)) return false;
  const plain = decoded(text);
  if (saysReal(plain) || namesRealToken(plain)) return true;
  const [path = '', search] = plain.split(/\?(.*)/s);
  if (judgeBareNumber(numberOfReference(path) ?? '', false, '') !== undefined) return true;
  const query = search ?? (path.includes('=') ? path : '');
  return query !== '' && realNumbersIn(new URLSearchParams(query.replaceAll(/\s+and\s+/gi, '&'))).length > 0;
};

/** The element that a pointer of a patch names, lists counted through, and the one around it. */
const elementsOf = (path: string): readonly [inner: string, outer: string] => {
  const names = path.split('/').filter((step) => step !== '' && !/^(?:[0-9]+|-)$/.test(step));
  return [names.at(-1) ?? '', names.at(-2) ?? ''];
};

/** What a patch puts, as if it stood where its path says (RFC 6902); undefined where the node is no such operation. */
const putBy = (node: object): object | undefined => {
  if (!('op' in node) || !('path' in node) || !('value' in node) || typeof node.path !== 'string') return undefined;
  const [inner, outer] = elementsOf(node.path);
  return inner === 'value' ? { [outer]: { value: node.value } } : { [inner]: node.value };
};

/** A named value, as Parameters have them. */
const namedBy = (node: object): readonly [string, unknown][] => {
  if (!('name' in node) || typeof node.name !== 'string') return [];
  const { name } = node;
  return Object.entries(node).flatMap(([key, value]): [string, unknown][] =>
    key.startsWith('value') ? [[name, value]] : [],
  );
};

const isNamed = (key: string, text: string): boolean =>
  (NAMES_NUMBER.test(key) || NAMES_PERSON.test(key)) &&
  judgeBareNumber(text.replaceAll(' ', ''), false, '') !== undefined;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

interface Place {
  readonly node: unknown;
  readonly key: string;
  readonly at: string;
}

/** Without recursion: how deep a body goes is its sender's choice. */
const wordsIn = (root: unknown, start: string, place: (at: string, key: string) => string): Fault[] => {
  const faults: Fault[] = [];
  const stack: Place[] = [{ node: root, key: '', at: start }];
  const found = (at: string): void => void faults.push({ detail: PERHAPS_REAL, at });
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, key, at } = next;
    if (typeof node === 'string' || typeof node === 'number') {
      if (isNamed(key, String(node)) || (typeof node === 'string' && namesRealAnywhere(node))) found(at);
    } else if (isObject(node)) {
      const put = putBy(node);
      if (put !== undefined && findNhsNumbers(put, false).some(({ kind }) => kind === 'real'))
        found(place(at, 'value'));
      for (const [name, value] of namedBy(node)) if (isNamed(name, String(value))) found(at);
      for (const [name, child] of Object.entries(node))
        stack.push({ node: child, key: Array.isArray(node) ? key : name, at: place(at, name) });
    }
  }
  return faults;
};

const isList = (name: string): boolean => /^[0-9]+$/.test(name);

/**
 * The places in parsed JSON that name a number which may be a real person's: as a resource does (its places are FHIRPath), as
 * any other JSON may (its places are JSON Pointers), and in words.
 */
export const realNumbersInJson = (value: unknown): Fault[] => {
  const type = isObject(value) && 'resourceType' in value ? value.resourceType : undefined;
  const isResource = typeof type === 'string' && type !== '';
  const place = isResource
    ? (at: string, name: string) => (isList(name) ? `${at}[${name}]` : `${at}.${name}`)
    : (at: string, name: string) => `${at}/${name}`;
  const root = isResource ? type : '';
  const named = findNhsNumbers(value, false, root).flatMap(({ kind, fault }) => (kind === 'real' ? [fault] : []));
  const known = new Set(named.map(({ at }) => at));
  return [...named, ...wordsIn(value, root, place).filter(({ at }) => !known.has(at))];
};
