import { Hl7Error, type Location } from './hl7-error.ts';

/**
 * A place in a message: `PID-3[2].4.1` is subcomponent 1 of component 4 of the second repetition of PID-3, `OBX[3]-5` the
 * field 5 of the third OBX. Everything counts from 1, and what is left out is the first; a bare `OBX` is a segment. Only
 * where a whole field is read or written still escaped, or set, does `PID-3` mean all of its repetitions.
 */
export interface Path {
  readonly segment: string;
  readonly occurrence: number;
  readonly field?: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}

export type FieldPath = Path & { readonly field: number };

const GRAMMAR =
  /^([A-Z][A-Z0-9]{2})(?:\[([1-9]\d{0,4})\])?(?:-([1-9]\d{0,2})(?:\[([1-9]\d{0,3})\])?(?:\.([1-9]\d{0,2})(?:\.([1-9]\d{0,2}))?)?)?$/;

const optional = <K extends string>(key: K, digits: string | undefined): { [P in K]?: number } =>
  digits === undefined ? {} : ({ [key]: Number(digits) } as { [P in K]?: number });

/** Reads a path; undefined where the text is none. */
export const readPath = (text: string): Path | undefined => {
  const [, segment, occurrence, field, repetition, component, subcomponent] = GRAMMAR.exec(text) ?? [];
  if (segment === undefined) return undefined;
  return {
    segment,
    occurrence: Number(occurrence ?? 1),
    ...optional('field', field),
    ...optional('repetition', repetition),
    ...optional('component', component),
    ...optional('subcomponent', subcomponent),
  };
};

/** The paths of a program are few, and are asked for with every message. */
const known = new Map<string, Path>();
const KNOWN_MAX = 1000;

/** Reads a path that has to be one. Throws Hl7Error. */
export const parsePath = (text: string): Path => {
  const before = known.get(text);
  if (before !== undefined) return before;
  const path = readPath(text);
  if (path === undefined)
    throw new Hl7Error(`${JSON.stringify(text.slice(0, 40))} is no path; one looks like PID-3[1].1 or OBX[2]-5`);
  if (known.size < KNOWN_MAX) known.set(text, path);
  return path;
};

const isField = (path: Path): path is FieldPath => path.field !== undefined;

/** A path of a field; `PID` alone is refused. */
export const parseFieldPath = (text: string): FieldPath => {
  const path = parsePath(text);
  if (!isField(path)) throw new Hl7Error(`${text} names a segment and no field, such as ${text}-1`);
  return path;
};

/** The same place as ERR-2 names it. */
export const locationOf = ({ segment, occurrence, field, repetition, component, subcomponent }: Path): Location => ({
  segment,
  occurrence,
  ...(field === undefined ? {} : { field, repetition: repetition ?? 1 }),
  ...(component === undefined ? {} : { component }),
  ...(subcomponent === undefined ? {} : { subcomponent }),
});

/** As it is written in a path: `OBX[2]-5[1].2`; the first of a segment is not numbered. */
export const writeLocation = (at: Location): string => {
  const { segment, occurrence = 1, field, repetition = 1, component, subcomponent } = at;
  const place = `${segment}${occurrence > 1 ? `[${occurrence}]` : ''}`;
  if (field === undefined) return place;
  const parts = `${component === undefined ? '' : `.${component}`}${subcomponent === undefined ? '' : `.${subcomponent}`}`;
  return `${place}-${field}${repetition > 1 || parts !== '' ? `[${repetition}]` : ''}${parts}`;
};
