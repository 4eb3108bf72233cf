import type { Delimiters } from './delimiters.ts';
import type { Path } from './path.ts';

/** A field as repetitions of components of subcomponents, each still escaped. */
export type Nested = readonly (readonly (readonly string[])[])[];

const split = (text: string, by: string | undefined): string[] =>
  by === undefined || !text.includes(by) ? [text] : text.split(by);
const componentsOf = (text: string, { component, subcomponent }: Delimiters): string[][] =>
  split(text, component).map((one) => split(one, subcomponent));

/** A field as it stands in its segment, taken apart. */
export const nestedOf = (text: string, delimiters: Delimiters): Nested =>
  split(text, delimiters.repetition).map((one) => componentsOf(one, delimiters));

/** And back. */
export const joinNested = (
  nested: Nested,
  { repetition = '', component = '', subcomponent = '' }: Delimiters,
): string => nested.map((one) => one.map((subs) => subs.join(subcomponent)).join(component)).join(repetition);

/** The member at a place counted from 1 of what stands between delimiters; empty where there are fewer. */
const member = (text: string, by: string | undefined, place: number): string => {
  if (by === undefined) return place === 1 ? text : '';
  let begin = 0;
  for (let at = 1; at < place; at += 1) {
    const end = text.indexOf(by, begin);
    if (end < 0) return '';
    begin = end + 1;
  }
  const end = text.indexOf(by, begin);
  return end < 0 ? text.slice(begin) : text.slice(begin, end);
};

/** One part of a field as it stands, without taking the rest of it apart. What the place leaves out is not looked into. */
export const partOf = (
  text: string,
  { repetition, component, subcomponent }: Pick<Path, 'repetition' | 'component' | 'subcomponent'>,
  delimiters: Delimiters,
): string => {
  if (repetition === undefined && component === undefined) return text;
  const one = member(text, delimiters.repetition, repetition ?? 1);
  if (component === undefined) return one;
  const subs = member(one, delimiters.component, component);
  return subcomponent === undefined ? subs : member(subs, delimiters.subcomponent, subcomponent);
};

/** The member at a place counted from 1, with whatever is missing before it filled up. */
const reach = <T>(list: T[], place: number, empty: () => T): T => {
  while (list.length < place) list.push(empty());
  return list[place - 1] ?? empty();
};

/**
 * A field of which one part is replaced by a text in its encoded form, which may hold the delimiters of what is below that
 * part. Throws what `fail` makes of the reason.
 */
export const replacePart = (
  before: Nested,
  at: Pick<Path, 'repetition' | 'component' | 'subcomponent'>,
  text: string,
  delimiters: Delimiters,
  fail: (why: string) => Error,
): Nested => {
  const { component, subcomponent, repetition } = delimiters;
  const holds = (delimiter: string | undefined): boolean => delimiter !== undefined && text.includes(delimiter);
  if (at.repetition === undefined && at.component === undefined) return nestedOf(text, delimiters);
  if (holds(repetition)) throw fail('a repetition holds no repetitions');
  const nested = before.map((one) => one.map((subs) => [...subs]));
  const target = reach(nested, at.repetition ?? 1, () => [['']]);
  if (nested.length > 1 && repetition === undefined) throw fail('MSH-2 declares no character between repetitions');
  if (at.component === undefined) {
    target.splice(0, target.length, ...componentsOf(text, delimiters));
    return nested;
  }
  if (holds(component)) throw fail('a component holds no components');
  const subs = reach(target, at.component, () => ['']);
  if (at.subcomponent === undefined) {
    subs.splice(0, subs.length, ...split(text, subcomponent));
    return nested;
  }
  if (holds(subcomponent)) throw fail('a subcomponent holds no subcomponents');
  reach(subs, at.subcomponent, () => '');
  if (subs.length > 1 && subcomponent === undefined) throw fail('MSH-2 declares no character between subcomponents');
  subs[at.subcomponent - 1] = text;
  return nested;
};
