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
  /** The member that it is, or that the list is in which it stands. */
  readonly key: string;
  readonly name: string;
  readonly within: Place | undefined;
}

type Writing = (at: string, name: string) => string;

/** Where something stands; written only of what is found, for there may be a million places. */
const placeOf = (place: Place, root: string, write: Writing): string => {
  const names: string[] = [];
  for (let one: Place = place; one.within !== undefined; one = one.within) names.push(one.name);
  return names.reduceRight(write, root);
};

/** Digits alone are what their member says that they are: an id, a code. */
const BARE = /^[0-9]{10}$/;
const SHORTEST = 10;

const isWord = (key: string, text: string): boolean =>
  text.length >= SHORTEST && (BARE.test(text) ? isNamed(key, text) : isNamed(key, text) || namesRealAnywhere(text));

/** Without recursion: how deep a body goes is its sender's choice. */
const wordsIn = (root: unknown, start: string, write: Writing): Fault[] => {
  const faults: Fault[] = [];
  const stack: Place[] = [{ node: root, key: '', name: '', within: undefined }];
  const found = (at: string): void => void faults.push({ detail: PERHAPS_REAL, at });
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, key } = next;
    if (typeof node === 'string') {
      if (isWord(key, node)) found(placeOf(next, start, write));
    } else if (typeof node === 'number') {
      if (isNamed(key, String(node))) found(placeOf(next, start, write));
    } else if (isObject(node)) {
      const put = putBy(node);
      if (put !== undefined && findNhsNumbers(put, false).some(({ kind }) => kind === 'real'))
        found(write(placeOf(next, start, write), 'value'));
      for (const [name, value] of namedBy(node)) if (isNamed(name, String(value))) found(placeOf(next, start, write));
      const isList = Array.isArray(node);
      for (const [name, child] of Object.entries(node))
        stack.push({ node: child, key: isList ? key : name, name, within: next });
    }
  }
  return faults;
};

const isIndex = (name: string): boolean => /^[0-9]+$/.test(name);

/**
 * The places in parsed JSON that name a number which may be a real person's: as a resource does (its places are FHIRPath), as
 * any other JSON may (its places are JSON Pointers), and in words.
 */
export const realNumbersInJson = (value: unknown): Fault[] => {
  const type = isObject(value) && 'resourceType' in value ? value.resourceType : undefined;
  const isResource = typeof type === 'string' && type !== '';
  const write: Writing = isResource
    ? (at, name) => (isIndex(name) ? `${at}[${name}]` : `${at}.${name}`)
    : (at, name) => `${at}/${name}`;
  const root = isResource ? type : '';
  const named = findNhsNumbers(value, false, root).flatMap(({ kind, fault }) => (kind === 'real' ? [fault] : []));
  const known = new Set(named.map(({ at }) => at));
  return [...named, ...wordsIn(value, root, write).filter(({ at }) => !known.has(at))];
};
