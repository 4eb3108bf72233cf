import { onTestFailed } from 'vitest';
import { openBroker } from './open.ts';
import type { Broker, BrokerHandler, BrokerMessage, ConsumeOptions } from './port.ts';

/** Counts names up, so that no case meets the messages of another, or of another run on the same server. */
export const createNames = (): ((what: string) => string) => {
  const run = Math.random().toString(36).slice(2, 10);
  let made = 0;
  return (what) => `t-${run}-${what}-${++made}`;
};

export const message = (id: string, more: Partial<BrokerMessage> = {}): BrokerMessage => ({
  id,
  headers: {},
  body: `body of ${id}`,
  ...more,
});

export const numbered = (count: number, what = 'm'): string[] =>
  Array.from({ length: count }, (_, n) => `${what}-${n}`);

export const sendAll = async (broker: Broker, queue: string, ids: readonly string[]): Promise<void> => {
  await Promise.all(ids.map((id) => broker.send(queue, message(id))));
};

/** Resolves once it is up, or once it is down. */
export const untilUp = (broker: Broker, up = true): Promise<void> =>
  new Promise((resolve) => {
    const stop = broker.onState((state) => {
      if (state.up === up) resolve();
      if (state.up === up) stop();
    });
    if (broker.state().up === up) resolve();
  });

export const openUp = async (url: string): Promise<Broker> => {
  const broker = await openBroker(url);
  await untilUp(broker);
  return broker;
};

/** Waits for one after the other; where the test fails meanwhile, its time being over for instance, says for which, and `how` it is. */
export const createPhases = (how: () => string) => {
  const began = performance.now();
  let waits: string | undefined;
  onTestFailed(({ task }) => {
    const seconds = Math.round((performance.now() - began) / 1000);
    const [error] = task.result?.errors ?? [];
    if (error !== undefined && waits !== undefined)
      error.message += `\nIt waited in the phase "${waits}", after ${seconds} s: ${how()}`;
  });
  return async <T>(phase: string, work: Promise<T>): Promise<T> => {
    waits = phase;
    const result = await work;
    waits = undefined;
    return result;
  };
};

export interface Inbox {
  /** In the order in which their handlers finished, the same one as often as it came. */
  readonly handled: BrokerMessage[];
  /** Resolves once so many have been handled. */
  count(messages: number): Promise<BrokerMessage[]>;
  /** Resolves once so many different ones have been handled. */
  different(messages: number): Promise<BrokerMessage[]>;
  stop(): Promise<void>;
}

/** Consumes a queue, and lets a test wait for what arrives. */
export const openInbox = async (
  broker: Pick<Broker, 'consume'>,
  queue: string,
  options: ConsumeOptions = {},
  handler: BrokerHandler = async () => undefined,
): Promise<Inbox> => {
  const handled: BrokerMessage[] = [];
  const waiting = new Set<() => void>();
  const until = (enough: () => boolean): Promise<BrokerMessage[]> => {
    const { promise, resolve } = Promise.withResolvers<BrokerMessage[]>();
    const look = (): void => {
      if (!enough()) return;
      waiting.delete(look);
      resolve(handled);
    };
    waiting.add(look);
    look();
    return promise;
  };
  const stop = await broker.consume(
    queue,
    async (received) => {
      await handler(received);
      handled.push(received);
      for (const look of waiting) look();
    },
    options,
  );
  return {
    handled,
    count: (messages) => until(() => handled.length >= messages),
    different: (messages) => until(() => new Set(handled.map(({ id }) => id)).size >= messages),
    stop,
  };
};

/** A handler that waits until it is let go, and says when it has begun. */
export const createGate = (): { begun: Promise<void>; open: () => void; pass: () => Promise<void> } => {
  const begun = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    open: () => opened.resolve(),
    pass: () => {
      begun.resolve();
      return opened.promise;
    },
  };
};
