import { createHook } from 'node:async_hooks';

const kept: object[] = [];

/**
 * Keeps one of the objects in which Node holds a callback of `process.nextTick`, of which each request needs six. V8 forgets
 * the shape of objects when a collection finds none of them, as in a service that nobody asks just then, and what makes them
 * is slow from then on, for good: a tenth of a read. (`DefineKeyedOwnPropertyInLiteral` becomes megamorphic.)
 */
export const keepTickShape = (): void => {
  if (kept.length > 0) return;
  const init = (_id: number, type: string, _trigger: number, resource: object): void => {
    if (type === 'TickObject') kept.push(resource);
  };
  // Promises are left out: to look at them once would slow every later one down.
  const hook = createHook({ init, trackPromises: false }).enable();
  process.nextTick(() => undefined);
  hook.disable();
};
