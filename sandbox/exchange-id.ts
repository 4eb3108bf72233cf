import { randomUUID } from 'node:crypto';

/** Beyond this the real clock was set, or is a test's own: then it alone is believed. */
const APART_MAX = 5_000;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);

/**
 * A UUID of version 7 (RFC 9562, 5.7, with the fraction of the millisecond as in 6.2 method 3): ids of one process sort in
 * the order in which their exchanges began. Numbers (`seq`) are given when an exchange is written, which for a read is
 * later than for a write that it led to. And an index of such ids grows at its end; with random ids every exchange dirties
 * a page of its own, which doubled the cost of writing one.
 */
export const exchangeId = (real: number): string => {
  const precise = performance.timeOrigin + performance.now();
  const moment = Math.max(0, Math.abs(precise - real) < APART_MAX ? precise : real);
  const time = hex(Math.floor(moment), 12);
  const fraction = hex(Math.floor((moment % 1) * 4096), 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${fraction}${randomUUID().slice(18)}`;
};
