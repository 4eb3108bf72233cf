import { INVALID_PARAMETER, problem } from '../problem.ts';

/** A span of time in milliseconds, half open. */
export interface Span {
  readonly from: number;
  readonly below: number;
}

const FORM = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

const MINUTE = 60_000;

const offsetOf = (zone: string | undefined): number => {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
};

/**
 * The span that a FHIR date or dateTime covers: a year, a month, a day, a minute, a second or less. Without a zone it is
 * UTC. A parameter that is none is refused, as is a date that no calendar has.
 */
export const spanOf = (text: string, parameter: string): Span => {
  // An unescaped `+` of a zone arrives as a space.
  const parts = FORM.exec(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  const [, year, month, day, hour, minute, second, fraction, zone] = parts ?? [];
  const number = (part: string | undefined, otherwise: number): number =>
    part === undefined ? otherwise : Number(part);
  const begin = new Date(0);
  begin.setUTCFullYear(number(year, 0), number(month, 1) - 1, number(day, 1));
  const inMonth = begin.getUTCDate() === number(day, 1) && begin.getUTCMonth() === number(month, 1) - 1;
  if (year === undefined || !inMonth || number(hour, 0) > 23 || number(minute, 0) > 59 || number(second, 0) > 59)
    throw problem(
      INVALID_PARAMETER,
      `${parameter} '${text.slice(0, 40)}' is no date or instant such as 2026-11-22T09:30:00Z`,
      {
        at: parameter,
      },
    );
  if (hour === undefined) {
    const below = new Date(begin);
    if (day !== undefined) below.setUTCDate(below.getUTCDate() + 1);
    else if (month !== undefined) below.setUTCMonth(below.getUTCMonth() + 1);
    else below.setUTCFullYear(below.getUTCFullYear() + 1);
    return { from: begin.getTime(), below: below.getTime() };
  }
  const clock = (number(hour, 0) * 60 + number(minute, 0)) * MINUTE + number(second, 0) * 1000;
  const milliseconds = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
  const from = begin.getTime() + clock + milliseconds - offsetOf(zone);
  if (fraction !== undefined) return { from, below: from + 1 };
  return { from, below: from + (second === undefined ? MINUTE : 1000) };
};
