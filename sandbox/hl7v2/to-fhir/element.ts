import type { Leaf } from './part.ts';

export type Json = Record<string, unknown>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which leaf of the message an element came from. */
export interface Trace {
  /** Relative to what it is a trace of; empty for that itself. */
  readonly element: string;
  readonly from: string;
  /** The leaf's key; absent for what the map itself says (`with`), which no leaf is used up by. */
  readonly key?: string;
  /** The message does not say it: it is what is likely, where nobody knows better. */
  readonly assumed?: true;
}

/** That an element came from this leaf. */
export const traceOf = (element: string, { path, key }: Pick<Leaf, 'path' | 'key'>): Trace => ({
  element,
  from: path,
  key,
});

/** A value, and where each of its elements came from. */
export interface Made {
  readonly value: unknown;
  readonly traces: readonly Trace[];
  /** The type that `value[x]` has with it. */
  readonly choice?: string;
}

export const joinPath = (base: string, rest: string): string =>
  base === '' || rest === '' || rest.startsWith('[') ? `${base}${rest}` : `${base}.${rest}`;

export const movedTo = (element: string, traces: readonly Trace[]): readonly Trace[] =>
  element === '' ? traces : traces.map((trace) => ({ ...trace, element: joinPath(element, trace.element) }));

const STEP = /^(_?[A-Za-z0-9]+(?:\[x\])?)(?:\[(?:(\d+)|([A-Za-z]+)=([^\]]+)|)\])?$/;

/** One step into an element, read. */
interface Step {
  /** Without the `[x]` of a choice. */
  readonly name: string;
  readonly isChoice: boolean;
  /** Of elements of which a resource has one of several types, what their names begin with. */
  readonly oneOf: string | undefined;
  /** Into an array: an item by number, the one whose member has a value, or (neither) a new one. */
  readonly item?: { readonly index?: number; readonly member?: string; readonly wanted?: string };
}

/** The choices of type that two fields, or two segments, may both fill. */
const ONE_OF = /^(?:bounds|collected|deceased|multipleBirth|occurrence|quantity)(?=[A-Z])/;

const readStep = (text: string, path: string): Step => {
  const step = STEP.exec(text);
  if (step === null) throw new Error(`${path} is no path of an element`);
  const [, written = '', index, member, wanted] = step;
  const isChoice = written.endsWith('[x]');
  const name = isChoice ? written.slice(0, -3) : written;
  const oneOf = ONE_OF.exec(name)?.[0];
  if (!/\[(?!x\])/.test(text)) return { name, isChoice, oneOf };
  if (index !== undefined) return { name, isChoice, oneOf, item: { index: Number(index) } };
  return { name, isChoice, oneOf, item: member === undefined || wanted === undefined ? {} : { member, wanted } };
};

/** The paths of the maps are few, and are asked for with every message. */
const known = new Map<string, readonly Step[]>();
const stepsOf = (path: string): readonly Step[] => {
  const before = known.get(path);
  if (before !== undefined) return before;
  const steps = (path.match(/(?:[^.[]|\[[^\]]*\])+/g) ?? []).map((text) => readStep(text, path));
  known.set(path, steps);
  return steps;
};

const itemOf = (list: readonly unknown[], { index, member, wanted }: NonNullable<Step['item']>): number => {
  if (index !== undefined) return index;
  if (member === undefined) return list.length;
  const found = list.findIndex((item) => isJson(item) && item[member] === wanted);
  return found < 0 ? Number.POSITIVE_INFINITY : found;
};

/** A number that two segments repeat (ORC-2 and OBR-2) is one, and so is a telephone for calling back (ORC-14 and OBR-17). */
const ONCE = new Set(['extension', 'identifier']);
const COMPARED_MAX = 20;
const sameIn = (list: readonly unknown[], value: unknown): number => {
  if (list.length > COMPARED_MAX) return -1;
  const text = list.length === 0 ? '' : JSON.stringify(value);
  return list.findIndex((item) => JSON.stringify(item) === text);
};

/**
 * Puts a value where the path leads, making what is missing on the way. Returns the path that it has there, or undefined
 * where there is a value already (the first one stays) or the item that the path names is not there.
 */
export const place = (target: Json, path: string, value: unknown, choice = 'String'): string | undefined => {
  const steps = stepsOf(path);
  let here: Json = target;
  let written = '';
  let left = steps.length;
  for (const step of steps) {
    left -= 1;
    const name = step.isChoice ? `${step.name}${choice}` : step.name;
    written = joinPath(written, name);
    let list: unknown[] | undefined;
    let index = 0;
    const { oneOf } = step;
    if (oneOf !== undefined && here[name] === undefined && Object.keys(here).some((key) => key.startsWith(oneOf)))
      return undefined;
    if (step.item !== undefined) {
      const found = here[name] ?? [];
      if (!Array.isArray(found)) return undefined;
      index = itemOf(found, step.item);
      if (index > found.length) return undefined;
      if (left === 0 && ONCE.has(name) && index === found.length) {
        const same = sameIn(found, value);
        if (same >= 0) return `${written}[${same}]`;
      }
      here[name] = found;
      list = found;
      written += `[${index}]`;
    }
    const before = list === undefined ? here[name] : list[index];
    if (left === 0 && before !== undefined) return undefined;
    const next = left === 0 ? value : (before ?? {});
    if (left > 0 && !isJson(next)) return undefined;
    if (list === undefined) here[name] = next;
    else list[index] = next;
    if (isJson(next)) here = next;
  }
  return steps.length === 0 ? undefined : written;
};

/** What stands where a path of names and numbered items leads. */
export const valueAt = (target: Json, path: string): unknown => {
  let here: unknown = target;
  for (const { name, item } of stepsOf(path)) {
    here = isJson(here) ? here[name] : undefined;
    if (item !== undefined) here = Array.isArray(here) ? here[item.index ?? 0] : undefined;
  }
  return here;
};

/** Of what a map says, which is not to be changed through what it has gone into. */
export const copyOf = (constant: unknown): unknown => {
  if (Array.isArray(constant)) return constant.map(copyOf);
  if (!isJson(constant)) return constant;
  return Object.fromEntries(Object.entries(constant).map(([name, value]) => [name, copyOf(value)]));
};

/** What the map says besides fills what the value has not. Arrays are left to the value. */
export const fillUp = (value: Json, constants: Readonly<Json>): readonly string[] => {
  const added: string[] = [];
  for (const [name, constant] of Object.entries(constants)) {
    const own = value[name];
    if (own === undefined) {
      value[name] = copyOf(constant);
      added.push(name);
    } else if (isJson(own) && isJson(constant))
      added.push(...fillUp(own, constant).map((rest) => joinPath(name, rest)));
  }
  return added;
};

/** Every element that holds a primitive: `name[0].given[1]`. */
export const primitivesOf = (value: unknown, path = ''): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => primitivesOf(item, `${path}[${index}]`));
  if (isJson(value)) return Object.entries(value).flatMap(([name, item]) => primitivesOf(item, joinPath(path, name)));
  return value === undefined ? [] : [path];
};
