export type Values = readonly unknown[];
/** An argument that is evaluated for each item, or once for the whole focus. */
export type Evaluate = (focus: Values) => Values;
export type PathFunction = (focus: Values, args: readonly Evaluate[], sources: readonly string[]) => Values;

const NOTHING: Values = [];
export const YES: Values = [true];
export const NO: Values = [false];
export const truth = (value: boolean): Values => (value ? YES : NO);

/** true, false, or undefined for an empty collection; a single other value counts as true (N1, Singleton Evaluation). */
export const criterion = (values: Values): boolean | undefined =>
  values.length === 0 ? undefined : values.length === 1 && typeof values[0] === 'boolean' ? values[0] : true;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value is of a FHIR type, as far as JSON tells: resources by name, booleans and numbers by nature. */
export const isOfType = (value: unknown, type: string): boolean => {
  const name = type.toLowerCase();
  if (typeof value === 'boolean') return name === 'boolean';
  if (typeof value === 'number') return name === 'decimal' || (name === 'integer' && Number.isInteger(value));
  return isRecord(value) && value.resourceType === type;
};

const children = (focus: Values): unknown[] =>
  focus.flatMap((item) =>
    isRecord(item) ? Object.entries(item).flatMap(([key, value]) => (key === 'resourceType' ? [] : value)) : [],
  );

const descendants = (focus: Values): unknown[] => {
  const all: unknown[] = [];
  for (let next = children(focus); next.length > 0; next = children(next)) for (const each of next) all.push(each);
  return all;
};

/** Equal for values that are equal; objects count as equal when they say the same in the same order. */
const identity = (item: unknown): unknown => (isRecord(item) ? JSON.stringify(item) : item);

const isDistinct = (focus: Values): boolean => new Set(focus.map(identity)).size === focus.length;

const onText =
  (apply: (value: string, args: readonly Values[]) => unknown): PathFunction =>
  (focus, args) => {
    const [value] = focus;
    if (typeof value !== 'string') return NOTHING;
    const result = apply(
      value,
      args.map((arg) => arg(focus)),
    );
    return result === undefined ? NOTHING : [result];
  };

const word = (values: Values | undefined): string => String(values?.[0] ?? '');
const each = (evaluate: Evaluate | undefined, item: unknown): Values => evaluate?.([item]) ?? NOTHING;

export const FUNCTIONS: Readonly<Record<string, PathFunction>> = {
  exists: (focus, [filter]) =>
    truth(filter === undefined ? focus.length > 0 : focus.some((item) => criterion(each(filter, item)) === true)),
  empty: (focus) => truth(focus.length === 0),
  not: (focus) => (focus.length === 0 ? NOTHING : truth(criterion(focus) === false)),
  count: (focus) => [focus.length],
  hasValue: (focus) => truth(focus.length === 1 && !isRecord(focus[0])),
  all: (focus, [test]) => truth(focus.every((item) => criterion(each(test, item)) !== false)),
  allFalse: (focus) => truth(focus.every((item) => item === false)),
  where: (focus, [test]) => focus.filter((item) => criterion(each(test, item)) === true),
  select: (focus, [projection]) => focus.flatMap((item) => [...each(projection, item)]),
  first: (focus) => focus.slice(0, 1),
  tail: (focus) => focus.slice(1),
  isDistinct: (focus) => truth(isDistinct(focus)),
  combine: (focus, [other]) => [...focus, ...(other?.(focus) ?? NOTHING)],
  intersect: (focus, [other]) => {
    const others = new Set((other?.(focus) ?? NOTHING).map(identity));
    return focus.filter((item) => others.has(identity(item)));
  },
  children,
  descendants,
  trace: (focus) => focus,
  iif: (focus, [test, yes, no]) => (criterion(test?.(focus) ?? NOTHING) === true ? yes : no)?.(focus) ?? NOTHING,
  is: (focus, _, [type]) => (focus.length === 0 ? NOTHING : truth(isOfType(focus[0], type ?? ''))),
  as: (focus, _, [type]) => focus.filter((item) => isOfType(item, type ?? '')),
  toInteger: (focus) => (/^[+-]?\d+$/.test(String(focus[0])) ? [Number(focus[0])] : NOTHING),
  toString: (focus: Values) => (focus.length === 1 ? [String(focus[0])] : NOTHING),
  matches: onText((value, [pattern]) => new RegExp(word(pattern)).test(value)),
  replaceMatches: onText((value, [pattern, by]) => value.replace(new RegExp(word(pattern), 'g'), word(by))),
  startsWith: onText((value, [start]) => value.startsWith(word(start))),
  contains: onText((value, [part]) => value.includes(word(part))),
  substring: onText((value, [start]) => value.slice(Number(start?.[0]))),
};
