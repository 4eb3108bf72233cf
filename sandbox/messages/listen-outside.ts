import type { External } from '../broker/external.ts';
import type { BrokerHandler } from '../broker/port.ts';
import type { Reader } from '../sql/port.ts';
import { granted } from './access-rows.ts';

export interface ListeningOptions {
  readonly sql: Reader;
  readonly external: External;
  readonly take: BrokerHandler;
  /** Called where a party that was let in has no queue to publish to any more. */
  readonly lost: (name: string, error?: unknown) => Promise<void>;
}

/** Takes what parties outside publish, each from a queue of its own, on every node. */
export interface Listening {
  /** Begins with those that were let in, and ends with those that were shown out, on whichever node. */
  follow(): Promise<void>;
  /** Idempotent; waits for what is being taken. */
  close(): Promise<void>;
}

export const createListening = ({ sql, external, take, lost }: ListeningOptions): Listening => {
  const stops = new Map<string, () => Promise<void>>();

  const begin = async (name: string): Promise<void> => {
    // Where it is gone at once, it is told before there is anything to stop.
    let there = true;
    const gone = (): void => {
      there = false;
      stops.delete(name);
      void lost(name);
    };
    try {
      const stop = await external.take(name, take, gone);
      if (there) stops.set(name, stop);
    } catch (error) {
      await lost(name, error);
    }
  };

  return {
    async follow() {
      const names = new Set(await granted(sql));
      for (const [name, stop] of stops) {
        if (names.has(name)) continue;
        stops.delete(name);
        await stop();
      }
      for (const name of names) if (!stops.has(name)) await begin(name);
    },
    async close() {
      await Promise.all([...stops.values()].map((stop) => stop()));
      stops.clear();
    },
  };
};
