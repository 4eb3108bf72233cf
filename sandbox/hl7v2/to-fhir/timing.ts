import { later } from './appointment.ts';
import type { Conversion, Entry } from './conversion.ts';
import { isJson, type Json, type Made, traceOf } from './element.ts';
import { maps } from './maps.ts';
import { below, type Leaf, leafAt, leafOf, type Part } from './part.ts';
import { endsBeforeStart } from './period.ts';
import { dateTime, decimal } from './primitives.ts';
import { type Scope, select, textAt } from './scope.ts';

const UCUM = 'http://unitsofmeasure.org';
/** Minutes in what has a length of its own; a month has not. */
const MINUTES: Readonly<Record<string, number>> = { s: 1 / 60, min: 1, h: 60, d: 1440, wk: 10_080 };

interface Length {
  readonly value: number;
  /** UCUM: s, min, h, d, wk, mo, a. */
  readonly code: string;
  readonly leaves: readonly Leaf[];
}

const unitOf = (text: string): string | undefined => {
  const units = maps().codes.get('time-unit')?.codes ?? {};
  return Object.hasOwn(units, text) ? units[text]?.code : undefined;
};

/** A CQ (6^h), or the letter and number of TQ-3 (H6; v2.5 chapter 4.3.3). */
const lengthOf = (conversion: Conversion, part: Part): Length | undefined => {
  const first = part.component === undefined ? leafAt(part, 1) : leafOf(part);
  if (first === undefined) return undefined;
  const text = conversion.text(first);
  const [, letter = '', digits] = /^([SMHDWL])(\d{1,9})$/.exec(text) ?? [];
  if (digits !== undefined) return { value: Number(digits), code: unitOf(letter) ?? '', leaves: [first] };
  const units = part.component === undefined ? below(part, 2) : undefined;
  const unit = units && leafOf(units);
  const value = decimal(text, '');
  const code = unit && unitOf(conversion.text(unit));
  if (typeof value !== 'number' || unit === undefined || code === undefined)
    return conversion.becauseAll(part, 'it is no length of time in a unit that is known');
  return { value, code, leaves: [first, unit] };
};

/** A length as a Duration (drt-1: in UCUM, and with its code). */
export const duration = (conversion: Conversion, part: Part): Made | undefined => {
  const length = lengthOf(conversion, part);
  if (length === undefined) return undefined;
  const { value, code, leaves } = length;
  return { value: { value, unit: code, system: UCUM, code }, traces: leaves.map((leaf) => traceOf('', leaf)) };
};

/** A length as minutes, which FHIR counts an offset in. */
export const minutes = (conversion: Conversion, part: Part): Made | undefined => {
  const length = lengthOf(conversion, part);
  const value = length === undefined ? Number.NaN : length.value * (MINUTES[length.code] ?? Number.NaN);
  if (length === undefined || !Number.isInteger(value) || value < 0)
    return conversion.becauseAll(part, 'it is no number of minutes');
  return { value, traces: length.leaves.map((leaf) => traceOf('', leaf)) };
};

/** When it ends: its start (TQ1-7) and its length (TQ1-6). A day has an end if its length is of days. */
export const endOfDuration = (conversion: Conversion, part: Part, scope: Scope): Made | undefined => {
  const start = dateTime(textAt(conversion, scope, '7') ?? '', conversion.zone);
  const length = lengthOf(conversion, part);
  const lasts = length === undefined ? Number.NaN : length.value * (MINUTES[length.code] ?? Number.NaN);
  if (length === undefined || typeof start !== 'string' || Number.isNaN(lasts)) return undefined;
  const isDay = start.length === 10 && lasts % 1440 === 0;
  const end = isDay || start.includes('T') ? later(start, lasts) : undefined;
  if (end === undefined) return conversion.becauseAll(part, 'it gives no end to a start that is no time of day');
  const from = select(conversion, scope, '7').flatMap((one) => leafOf(one) ?? []);
  return {
    value: isDay ? end.slice(0, 10) : end,
    traces: [...length.leaves, ...from].map((leaf) => traceOf('', leaf)),
  };
};

const isNegative = (value: unknown): boolean => typeof value === 'number' && value < 0;

/** What FHIR does not allow in Timing.repeat, and why: its element, whether it is so, and the reason (tim-1 to tim-10). */
const FAULTS: readonly (readonly [element: string, isWrong: (repeat: Json) => boolean, reason: string])[] = [
  ['period', (repeat) => isNegative(repeat.period) || repeat.periodUnit === undefined, 'a period has a unit (tim-2)'],
  ['periodUnit', (repeat) => repeat.period === undefined, 'a unit has a period (tim-2)'],
  ['duration', (one) => isNegative(one.duration) || one.durationUnit === undefined, 'a duration has a unit (tim-1)'],
  ['durationUnit', (repeat) => repeat.duration === undefined, 'a unit has a duration (tim-1)'],
  ['offset', (repeat) => repeat.when === undefined, 'an offset is from an event (tim-9)'],
  ['timeOfDay', (repeat) => repeat.when !== undefined, 'it is at a time of day or at an event (tim-10)'],
];

/** Takes out of a ServiceRequest's timing what FHIR does not allow together, and says so. */
export const completeTiming = (conversion: Conversion, entry: Entry): void => {
  const timing = entry.body.occurrenceTiming;
  if (!isJson(timing) || !isJson(timing.repeat)) return;
  const { repeat } = timing;
  const drop = (holder: Json, name: string, element: string, reason: string): void => {
    delete holder[name];
    conversion.withdraw(entry, element, reason);
  };
  for (const [name, isWrong, reason] of FAULTS)
    if (repeat[name] !== undefined && isWrong(repeat)) drop(repeat, name, `occurrenceTiming.repeat.${name}`, reason);
  const bounds = repeat.boundsPeriod;
  if (isJson(bounds) && endsBeforeStart(bounds))
    drop(bounds, 'end', 'occurrenceTiming.repeat.boundsPeriod.end', 'the period would end before it starts');
  if (Object.keys(repeat).length === 0) delete timing.repeat;
  if (Object.keys(timing).length === 0) delete entry.body.occurrenceTiming;
};
