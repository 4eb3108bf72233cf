import type { Line } from './journal-store.ts';

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Where another day begins on the sandbox's clock, which day: `29 Nov`. A clock that was moved on shows it by nothing else. */
export const dayBegun = (lines: readonly Pick<Line, 'at'>[], index: number): string | undefined => {
  const at = lines[index]?.at;
  if (at === undefined || lines[index - 1]?.at.slice(0, 10) === at.slice(0, 10)) return undefined;
  return DAY.format(new Date(at));
};
