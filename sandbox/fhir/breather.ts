import { setImmediate } from 'node:timers/promises';

/** How long one request may keep the event loop from all others, in milliseconds. */
const TURN_MS = 8;

/** For long work outside a transaction: awaited between its steps, it lets others have their turn every few milliseconds. */
export const breather = (): (() => Promise<void>) => {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN_MS) return;
    await setImmediate();
    since = performance.now();
  };
};
