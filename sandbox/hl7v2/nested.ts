import type { Delimiters } from './delimiters.ts';
import type { Path } from './path.ts';

/** A field as repetitions of components of subcomponents, each still escaped. */
export type Nested = readonly (readonly (readonly string[])[])[];

const split = (text: string, by: string | undefined): string[] => (by === undefined ? [text] : text.split(by));
const componentsOf = (text: string, { component, subcomponent }: Delimiters): string[][] =>
  split(text, component).map((one) => split(one, subcomponent));

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
  if (at.repetition === undefined && at.component === undefined)
    return split(text, repetition).map((one) => componentsOf(one, delimiters));
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
