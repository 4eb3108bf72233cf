import { randomBytes } from 'node:crypto';

/** Beyond this the real clock was set, or is a test's own: then it alone is believed. */
const APART_MAX = 5_000;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

const ORIGIN = performance.timeOrigin;

/** The first two parts, of the millisecond that was asked for last: under load several exchanges begin in one. */
const latest = { moment: Number.NaN, text: '' };

const textOf = (whole: number): string => {
  if (whole !== latest.moment) {
    // Small integers are written much faster than large ones.
    latest.text = `${hex(Math.floor(whole / 65_536), 8)}-${hex(whole % 65_536, 4)}`;
    latest.moment = whole;
  }
  return latest.text;
};

/** What tells ids of one moment apart: random for a series of a million, which are counted. A random number for each is dear. */
const series = { beginning: '', next: 0 };
const COUNTED = 2 ** 20;

const tail = (): string => {
  const counted = series.next % COUNTED;
  if (counted === 0) {
    const random = randomBytes(5).toString('hex');
    // Its first digit is RFC 9562's variant.
    series.beginning = `-a${random.slice(0, 3)}-${random.slice(3)}`;
  }
  series.next += 1;
  return series.beginning + hex(counted, 5);
};

/**
 * A UUID of version 7 (RFC 9562, 5.7, with the fraction of the millisecond as in 6.2 method 3): ids of one process sort in
 * the order in which their exchanges began. Numbers (`seq`) are given when an exchange is written, which for a read is
 * later than for a write that it led to. And an index of such ids grows at its end; with random ids every exchange dirties
 * a page of its own, which doubled the cost of writing one.
 */
export const exchangeId = (real: number): string => {
  const precise = ORIGIN + performance.now();
  const moment = Math.max(0, Math.abs(precise - real) < APART_MAX ? precise : real);
  const whole = Math.floor(moment);
  const fraction = hex(Math.floor((moment - whole) * 4096), 3);
  return `${textOf(whole)}-7${fraction}${tail()}`;
};
