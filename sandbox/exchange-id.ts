import { randomUUID } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562, 5.7): time first, then randomness. Exchanges arrive in the order of time, so their index
 * grows at its end; with random ids every exchange dirties a page of its own, which doubled the cost of writing one.
 */
export const exchangeId = (real: number): string => {
  const time = Math.max(0, Math.trunc(real)).toString(16).padStart(12, '0').slice(-12);
  const random = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
};
