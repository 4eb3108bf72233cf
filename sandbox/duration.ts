const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 100 years: no business deadline is longer, and every time that comes of it can be written as a date. */
export const DURATION_MAX = 36_525 * DAY;

const NUMBER = '(\\d+(?:[.,]\\d+)?)';
const part = (letter: string): string => `(?:${NUMBER}${letter})?`;
const DURATION = new RegExp(
  `^P(?:${NUMBER}W|(?=.)${part('Y')}${part('M')}${part('D')}(?:T(?=.)${part('H')}${part('M')}${part('S')})?)$`,
);

const fail = (text: string, why: string): Error => new Error(`"${text}" is not a duration that can be used: ${why}`);

/**
 * An ISO 8601 duration in milliseconds: `PT30S`, `PT1H30M`, `P5D`, `P2W`, `P1DT12H`. A day is 24 hours and a week seven days,
 * so that the same duration is always the same time. Years and months are refused: how long they are depends on when they
 * begin. Only the last part may have a fraction (ISO 8601-1:2019, 5.5.2). Throws an Error that says what is wrong.
 */
export const parseDuration = (text: string): number => {
  const match = DURATION.exec(text);
  if (match === null) throw fail(text, 'write it as in ISO 8601, for instance PT30S, PT1H30M, P5D or P2W');
  const [, weeks, years, months, days, hours, minutes, seconds] = match;
  if (years !== undefined || months !== undefined) {
    throw fail(text, 'years and months are not of one length; write days, for instance P365D or P30D');
  }
  const parts: readonly (readonly [string | undefined, number])[] = [
    [weeks, 7 * DAY],
    [days, DAY],
    [hours, HOUR],
    [minutes, MINUTE],
    [seconds, SECOND],
  ];
  const present = parts.filter(([digits]) => digits !== undefined);
  if (present.slice(0, -1).some(([digits]) => /[.,]/.test(digits ?? ''))) {
    throw fail(text, 'only the last part may have a fraction');
  }
  const total = present.reduce((sum, [digits, unit]) => sum + Number((digits ?? '').replace(',', '.')) * unit, 0);
  if (total > DURATION_MAX) throw fail(text, 'it is longer than 100 years');
  return Math.round(total);
};

/** The shortest way to write milliseconds as days, hours, minutes and seconds: `P1DT2H`, `PT0.5S`. */
export const formatDuration = (milliseconds: number): string => {
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  const seconds = (milliseconds % MINUTE) / SECOND;
  const time = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds > 0 ? `${seconds}S` : ''}`;
  if (days === 0 && time === '') return 'PT0S';
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
};
