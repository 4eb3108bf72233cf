import { randomBytes } from 'node:crypto';

/** Of one run of the program: what its ids begin with, and how many there were. */
const series = { beginning: '', next: 0 };

/**
 * A fresh MSH-10; before v2.7 it has twenty characters at most. Twelve of them are random, the others are counted: a random
 * number for each costs as much as taking the message apart.
 */
export const newControlId = (): string => {
  if (series.next % 2 ** 32 === 0) series.beginning = randomBytes(6).toString('hex').toUpperCase();
  const counted = (series.next % 2 ** 32).toString(16).toUpperCase();
  series.next += 1;
  return series.beginning + counted.padStart(8, '0');
};
