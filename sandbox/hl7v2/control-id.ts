import { randomBytes } from 'node:crypto';

/** Of one run of the program: where its ids begin, what they end with, and how many there were. */
const series = { first: 0, end: '', count: 0 };
const MANY = 2 ** 32;
/** Odd, so that no two of MANY steps lead to the same place; large, so that neighbours are unlike each other. */
const STEP = 0x9e3779b1;

/**
 * A fresh MSH-10; before v2.7 it has twenty characters at most. The first eight differ in each of a run, for whoever makes a
 * shorter id of it; the others, as where the run begins, are random. A random number for each cost as much as taking the
 * message apart.
 */
export const newControlId = (): string => {
  if (series.count % MANY === 0) {
    series.first = randomBytes(4).readUInt32BE();
    series.end = randomBytes(6).toString('hex').toUpperCase();
  }
  const counted = (series.first + Math.imul(series.count, STEP)) >>> 0;
  series.count += 1;
  return counted.toString(16).toUpperCase().padStart(8, '0') + series.end;
};
