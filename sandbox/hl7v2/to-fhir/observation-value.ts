import { codeableConcept } from './coded.ts';
import type { Conversion } from './conversion.ts';
import { type Json, type Made, movedTo, type Trace, traceOf } from './element.ts';
import { type Leaf, leafAt, leafOf, leavesOf, type Part } from './part.ts';
import { dateTime, decimal, PRIMITIVES } from './primitives.ts';
import { quantityOf, units } from './quantity.ts';
import { type Scope, select, textAt } from './scope.ts';

type Value = (conversion: Conversion, part: Part, scope: Scope) => Made | undefined;

const unitOf = (conversion: Conversion, scope: Scope): Part | undefined => select(conversion, scope, '6')[0];

/** Of text, several repetitions are lines of one value. */
const isText = (conversion: Conversion, scope: Scope): boolean =>
  !Object.hasOwn(BY_TYPE, textAt(conversion, scope, '2') ?? 'ST');

/** Several values under one code: FHIR has one in an Observation, so that each is a component of it (obs-7). */
const isSeveral = (conversion: Conversion, scope: Scope): boolean =>
  !isText(conversion, scope) && select(conversion, scope, '5').length > 1;

const NUMBERS = /^\s*[<>=~]*\s*\d[\d.,]*(?:\s*[-:/]\s*\d[\d.,]*)?\s*$/;

/** Ours: numbers in a text (`1,200`) are nothing without their unit, which is put behind them; other texts have none. */
const unitIn = (conversion: Conversion, scope: Scope, text: string): { text: string; traces: readonly Trace[] } => {
  const part = unitOf(conversion, scope);
  const leaf = part && (leafAt(part, 1) ?? leafAt(part, 2));
  if (leaf === undefined) return { text: '', traces: [] };
  if (NUMBERS.test(text)) return { text: ` ${conversion.text(leaf)}`, traces: [traceOf('', leaf)] };
  conversion.because(leaf, 'there is no number of which it would be the unit');
  return { text: '', traces: [] };
};

/** The text as it was sent, repetitions and components included, one line each. */
const string: Value = (conversion, part, scope) => {
  const all = isSeveral(conversion, scope) ? [part] : select(conversion, scope, '5');
  if (all[0] !== undefined && part.repetition !== all[0].repetition) return undefined;
  const leaves = all.flatMap(leavesOf);
  const lines = all.map((one) =>
    leavesOf(one)
      .map((leaf) => conversion.text(leaf))
      .join(' '),
  );
  const text = lines.join('\n');
  const unit = unitIn(conversion, scope, text);
  const value = PRIMITIVES.string?.(`${text}${unit.text}`, '');
  return value === undefined
    ? conversion.becauseAll(part, 'this is no string of FHIR')
    : { value, choice: 'String', traces: [...leaves.map((leaf) => traceOf('', leaf)), ...unit.traces] };
};

/** Ours: a number that is out of a method's reach, which many senders say in an NM: `<5`, `>=100`. */
const COMPARED = /^\s*(<=?|>=?)\s*(\S+)\s*$/;

const number: Value = (conversion, part, scope) => {
  const leaf = leafOf(part);
  if (leaf === undefined) return undefined;
  const [, comparator, rest = ''] = COMPARED.exec(conversion.text(leaf)) ?? [];
  const value = comparator === undefined ? undefined : decimal(rest, '');
  const made =
    value === undefined
      ? quantityOf(conversion, leaf, unitOf(conversion, scope))
      : comparedTo(leaf, { value, comparator }, units(conversion, unitOf(conversion, scope)));
  return made === undefined ? undefined : { ...made, choice: 'Quantity' };
};

const comparedTo = (leaf: Leaf, said: Json, unit: ReturnType<typeof units>): Made => ({
  value: { ...said, ...unit.value },
  traces: [traceOf('value', leaf), traceOf('comparator', leaf), ...unit.traces],
});

const single =
  (choice: string, read: (text: string, zone: string) => unknown): Value =>
  (conversion, part) => {
    const leaf = leafOf(part);
    if (leaf === undefined) return undefined;
    const value = read(conversion.text(leaf), conversion.zone);
    return value === undefined ? undefined : { value, choice, traces: [traceOf('', leaf)] };
  };

const coded: Value = (conversion, part) => {
  const made = codeableConcept(conversion, part, {});
  return made === undefined ? undefined : { ...made, choice: 'CodeableConcept' };
};

/** Two ends of a Period or Range, each where it can be read. */
const ends = (
  part: Part,
  names: readonly { readonly element: string; readonly place: number }[],
  read: (leaf: Leaf) => Made | undefined,
): Made | undefined => {
  const found = names.flatMap(({ element, place }) => {
    const leaf = leafAt(part, place);
    const made = leaf === undefined ? undefined : read(leaf);
    return made === undefined ? [] : [{ element, made }];
  });
  if (found.length === 0) return undefined;
  return {
    value: Object.fromEntries(found.map(({ element, made }) => [element, made.value])),
    traces: found.flatMap(({ element, made }) => movedTo(element, made.traces)),
  };
};

const period: Value = (conversion, part) => {
  const made = ends(
    part,
    [
      { element: 'start', place: 1 },
      { element: 'end', place: 2 },
    ],
    (leaf) => {
      const value = dateTime(conversion.text(leaf), conversion.zone);
      return value === undefined ? undefined : { value, traces: [traceOf('', leaf)] };
    },
  );
  return made === undefined ? undefined : { ...made, choice: 'Period' };
};

const range =
  (low: number, high: number): Value =>
  (conversion, part, scope) => {
    const names = [
      { element: 'low', place: low },
      { element: 'high', place: high },
    ];
    const made = ends(part, names, (leaf) => quantityOf(conversion, leaf, unitOf(conversion, scope)));
    return made === undefined ? undefined : { ...made, choice: 'Range' };
  };

const COMPARATORS = ['<', '<=', '>', '>='];

/** SN, structured numeric: comparator ^ number ^ separator ^ number. What it cannot say as a type of FHIR stays text. */
const structured: Value = (conversion, part, scope) => {
  const [comparator, first, separator, second] = [1, 2, 3, 4].map((place) => leafAt(part, place));
  const sign = comparator === undefined ? '=' : conversion.text(comparator);
  const between = separator === undefined ? '' : conversion.text(separator);
  const isNumber = (leaf: Leaf | undefined): leaf is Leaf =>
    leaf !== undefined && decimal(conversion.text(leaf), '') !== undefined;
  if (sign === '<>' || !isNumber(first)) return undefined;
  const signs = comparator === undefined ? [] : [comparator];
  if (second === undefined && separator === undefined) {
    const made = quantityOf(conversion, first, unitOf(conversion, scope));
    if (made === undefined || !(sign === '=' || COMPARATORS.includes(sign))) return undefined;
    const value = { ...Object(made.value), ...(sign === '=' ? {} : { comparator: sign }) };
    return { value, choice: 'Quantity', traces: [...made.traces, ...signs.map((leaf) => traceOf('comparator', leaf))] };
  }
  if (sign !== '=' || !isNumber(second) || separator === undefined) return undefined;
  if (between === '-') {
    const made = range(2, 4)(conversion, part, scope);
    return made === undefined ? undefined : { ...made, traces: [...made.traces, traceOf('', separator)] };
  }
  if (between !== ':' && between !== '/') return undefined;
  const [numerator, denominator] = [first, second].map((leaf) => quantityOf(conversion, leaf, undefined));
  const unit = units(conversion, unitOf(conversion, scope));
  return {
    value: { numerator: { ...Object(numerator?.value), ...unit.value }, denominator: denominator?.value },
    choice: 'Ratio',
    traces: [
      ...movedTo('numerator', [...(numerator?.traces ?? []), ...unit.traces]),
      ...movedTo('denominator', denominator?.traces ?? []),
      traceOf('', separator),
    ],
  };
};

const BY_TYPE: Readonly<Record<string, Value>> = {
  NM: number,
  SN: structured,
  NR: range(1, 2),
  CE: coded,
  CWE: coded,
  CNE: coded,
  CF: coded,
  IS: coded,
  ID: coded,
  DT: single('DateTime', dateTime),
  DTM: single('DateTime', dateTime),
  TS: single('DateTime', dateTime),
  TM: single('Time', (text, zone) => PRIMITIVES.time?.(text, zone)),
  DR: period,
};

/** As OBX-2 says it is to be read. OBX-2 counts as used, for it is what the element's type says. */
const readValue: Value = (conversion, part, scope) => {
  const type = textAt(conversion, scope, '2') ?? 'ST';
  const read = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  // What is not what OBX-2 says is kept as the text that it is: `<5` as a number, for one.
  const made = read?.(conversion, part, scope) ?? string(conversion, part, scope);
  if (made === undefined) return undefined;
  const [kind] = select(conversion, scope, '2');
  const leaf = kind === undefined ? undefined : leafOf(kind);
  return leaf === undefined ? made : { ...made, traces: [...made.traces, traceOf('', leaf)] };
};

/** The one value in OBX-5: `value[x]`. */
export const observationValue: Value = (conversion, part, scope) =>
  isSeveral(conversion, scope) ? undefined : readValue(conversion, part, scope);

/** One of several in OBX-5: a component with the code of OBX-3, as the Observation has it. */
export const observationComponent: Value = (conversion, part, scope) => {
  if (!isSeveral(conversion, scope)) return undefined;
  const [named] = select(conversion, scope, '3');
  const code = named === undefined ? undefined : codeableConcept(conversion, named, {});
  const made = readValue(conversion, part, scope);
  if (made === undefined || code === undefined) return undefined;
  const element = `value${made.choice ?? 'String'}`;
  return {
    value: { code: code.value, [element]: made.value },
    traces: [...movedTo('code', code.traces), ...movedTo(element, made.traces)],
  };
};
