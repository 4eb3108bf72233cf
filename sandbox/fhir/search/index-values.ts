import type { SqlValue } from '../../sql/port.ts';
import { momentRange } from '../definitions/moment-range.ts';
import type { TypedValue } from './expression.ts';
import { clip, normaliseReference, normaliseString, normaliseToken } from './normalise.ts';
import type { SearchParameter } from './parameters.ts';

export type Table = 'search_token' | 'search_string' | 'search_date' | 'search_reference' | 'search_quantity';

/** Takes one index row: the table's columns without `space` and `rk`, in their order. */
export type Emit = (table: Table, values: readonly SqlValue[]) => void;

/** Added to a reference parameter's number for the identifiers of its logical references (`:identifier`). */
export const IDENTIFIER_OF = 10_000;

/** The ends of time, for periods and ranges that are open. */
export const OPEN = Number.MAX_SAFE_INTEGER;

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const tokens = (param: number, { type, value, system }: TypedValue, emit: Emit): void => {
  const put = (code: string, of: string): void => emit('search_token', [param, normaliseToken(code), clip(of)]);
  if (!isObject(value)) {
    put(String(value), type === 'boolean' ? 'http://hl7.org/fhir/special-values' : (system ?? ''));
  } else if (type === 'CodeableConcept') {
    const codings = list(value.coding).filter(isObject);
    // A concept with text alone is there, though no token finds it: `:missing` asks for that.
    if (codings.length === 0) put('', '');
    for (const coding of codings) put(text(coding.code), text(coding.system));
  } else {
    put(text(value.code ?? value.value), text(value.system));
  }
};

const STRING_PARTS: Readonly<Record<string, readonly string[]>> = {
  HumanName: ['text', 'family', 'given', 'prefix', 'suffix'],
  Address: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
};

const strings = (param: number, { type, value }: TypedValue, emit: Emit): void => {
  const values = isObject(value)
    ? (STRING_PARTS[type] ?? ['text', 'display']).flatMap((part) => list(value[part]))
    : [value];
  for (const each of values) {
    const norm = typeof each === 'string' ? normaliseString(each) : '';
    if (norm !== '') emit('search_string', [param, norm, clip(String(each))]);
  }
};

const dates = (param: number, { type, value }: TypedValue, emit: Emit): void => {
  // `performedString` and the like are words, even where they look like a date.
  if (type === 'string') return;
  if (!isObject(value)) {
    const range = momentRange(text(value));
    if (range !== undefined) emit('search_date', [param, range.lo, range.hi]);
    return;
  }
  if (type === 'Timing') {
    for (const event of list(value.event)) dates(param, { type: 'dateTime', value: event }, emit);
    const bounds = isObject(value.repeat) ? value.repeat.boundsPeriod : undefined;
    if (bounds !== undefined) dates(param, { type: 'Period', value: bounds }, emit);
    return;
  }
  const [start, end] = [momentRange(text(value.start)), momentRange(text(value.end))];
  if (start !== undefined || end !== undefined) emit('search_date', [param, start?.lo ?? -OPEN, end?.hi ?? OPEN]);
};

/** A canonical is found with its version and without (references.html#canonical). */
const canonicals = (value: string): ReadonlySet<string> => new Set([value, value.replace(/\|.*$/, '')]);

const references = (param: number, { value }: TypedValue, bases: readonly string[] | undefined, emit: Emit): void => {
  if (typeof value === 'string') {
    for (const each of canonicals(value)) {
      emit('search_reference', [param, normaliseReference(each, bases)]);
    }
    return;
  }
  if (!isObject(value)) return;
  const reference = text(value.reference);
  // What is contained, or only described, is there, though nothing finds it: `:missing` asks for that.
  emit('search_reference', [param, reference.startsWith('#') ? '' : normaliseReference(reference, bases)]);
  if (isObject(value.identifier)) {
    tokens(param + IDENTIFIER_OF, { type: 'Identifier', value: value.identifier }, emit);
  }
};

const CURRENCIES = 'urn:iso:std:iso:4217';

const quantities = (param: number, { type, value }: TypedValue, emit: Emit): void => {
  const put = (lo: number, hi: number, of: Json): void => {
    const currency = text(of.currency);
    const [system, code] = currency === '' ? [text(of.system), text(of.code)] : [CURRENCIES, currency];
    emit('search_quantity', [param, lo, hi, clip(system), clip(code), clip(text(of.unit))]);
  };
  if (typeof value === 'number') {
    put(value, value, {});
  } else if (isObject(value) && type === 'Range') {
    const { low, high } = value;
    const [lo, hi] = [isObject(low) ? low : {}, isObject(high) ? high : {}];
    put(Number(lo.value ?? -OPEN), Number(hi.value ?? OPEN), low === undefined ? hi : lo);
  } else if (isObject(value) && type === 'SampledData') {
    put(
      Number(value.lowerLimit ?? -OPEN),
      Number(value.upperLimit ?? OPEN),
      isObject(value.origin) ? value.origin : {},
    );
  } else if (isObject(value) && typeof value.value === 'number') {
    const sign = text(value.comparator).charAt(0);
    put(sign === '<' ? -OPEN : value.value, sign === '>' ? OPEN : value.value, value);
  }
};

/** The index rows of one parameter's values (search.html, a section for each type of parameter). */
export const indexValues = (
  { type, param }: SearchParameter,
  values: readonly TypedValue[],
  bases: readonly string[] | undefined,
  emit: Emit,
): void => {
  for (const value of values) {
    if (type === 'token') tokens(param, value, emit);
    else if (type === 'string') strings(param, value, emit);
    else if (type === 'date') dates(param, value, emit);
    else if (type === 'reference') references(param, value, bases, emit);
    else if (type === 'uri') {
      for (const each of canonicals(text(value.value))) emit('search_token', [param, clip(each), '']);
    } else quantities(param, value, emit);
  }
};
