const MINUTE = 60_000;

/** From how many minutes on a unit is used, and how many of them it has: below two of a unit, the smaller one says more. */
const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, from: number, minutes: number])[] = [
  ['day', 48 * 60, 24 * 60],
  ['hour', 2 * 60, 60],
];

/** `in 24 hours`: rounded to the nearest, so that what lasts a day does not say 23 hours as soon as it is there. */
export const expiresIn = (instant: string, now: number): string => {
  const minutes = Math.round((Date.parse(instant) - now) / MINUTE);
  const [unit, , length] = UNITS.find(([, from]) => Math.abs(minutes) >= from) ?? ['minute', 0, 1];
  return new Intl.RelativeTimeFormat('en-GB', { numeric: 'always' }).format(Math.round(minutes / length), unit);
};
