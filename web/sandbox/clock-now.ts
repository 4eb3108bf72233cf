import type { Clock } from '../data/sandbox-types.ts';

/** Where the sandbox's clock stands now, from what the service said and when it said so. */
export const clockNow = (clock: Clock, readAt: number, real: number): Date =>
  new Date(Date.parse(clock.now) + Math.max(0, real - readAt) * clock.speed);
