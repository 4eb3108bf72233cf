const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `in 23 hours`: the largest unit of which there is at least one, rounded down. */
export const expiresIn = (instant: string, now: number): string => {
  const left = Date.parse(instant) - now;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(left) >= size) ?? ['minute', 60_000];
  return new Intl.RelativeTimeFormat('en-GB', { numeric: 'always' }).format(Math.trunc(left / length), unit);
};
