import { invalidUpdate, invalidValue } from './pds-problems.ts';
import type { Rule } from './pds-rules.ts';

type Dated = { readonly id?: string | undefined; readonly period?: fhir4.Period | undefined };

const dayOf = (text: string): string | undefined =>
  /^\d{4}(-\d{2}(-\d{2}(T.*)?)?)?$/.test(text) ? text.slice(0, 10) : undefined;

/** A period that an update brings in starts, starts by today, and does not end before it starts. */
export const periodRules: Rule = ({ before, after, today }) => {
  const lists: readonly [string, readonly Dated[] | undefined, readonly Dated[] | undefined][] = [
    ['name', before.name, after.name],
    ['address', before.address, after.address],
    ['telecom', before.telecom, after.telecom],
    ['contact', before.contact, after.contact],
  ];
  for (const [element, had, has] of lists)
    for (const { id, period } of has ?? []) {
      const old = had?.find((item) => item.id === id)?.period;
      if (period === undefined || JSON.stringify(old) === JSON.stringify(period)) continue;
      if (period.start === undefined) return invalidUpdate('a period has to have a start date', `${element}/period`);
      const [start, end] = [
        dayOf(String(period.start)),
        period.end === undefined ? undefined : dayOf(String(period.end)),
      ];
      if (start === undefined) return invalidValue(period.start, `${element}/period/start`);
      if (period.end !== undefined && end === undefined) return invalidValue(period.end, `${element}/period/end`);
      if (start > today) return invalidUpdate('a start date cannot be in the future', `${element}/period`);
      if (end !== undefined && end < start)
        return invalidUpdate('an end date cannot be before its start date', `${element}/period`);
    }
  return undefined;
};
