import type { BrokerState } from './port.ts';

/** The state of a driver, and who wants to be told. */
export interface StateHolder {
  readonly now: () => BrokerState;
  readonly listen: (listener: (state: BrokerState) => void) => () => void;
  /** Tells the listeners where this is another state, or another reason, than before. */
  readonly change: (state: BrokerState) => void;
  /** The last change; nobody is told. */
  readonly close: () => void;
}

export const CLOSED: BrokerState = { up: false, reason: 'The broker was closed' };

const same = (one: BrokerState, other: BrokerState): boolean =>
  one.up ? other.up : !other.up && one.reason === other.reason;

export const createState = (first: BrokerState): StateHolder => {
  const listeners = new Set<(state: BrokerState) => void>();
  let state = first;
  return {
    now: () => state,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(next) {
      if (state === CLOSED || same(state, next)) return;
      state = next;
      for (const listener of [...listeners]) listener(next);
    },
    close() {
      state = CLOSED;
    },
  };
};

/** That something was lost, and who wants to be told; the first also of what happened before. */
export const createLoss = () => {
  const listeners = new Set<() => void>();
  let untold = false;
  return {
    happen(): void {
      untold = listeners.size === 0;
      for (const listener of [...listeners]) listener();
    },
    listen(listener: () => void): () => void {
      listeners.add(listener);
      if (untold) listener();
      untold = false;
      return () => listeners.delete(listener);
    },
  };
};
