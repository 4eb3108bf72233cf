import { randomUUID } from 'node:crypto';
import type { Sql } from './port.ts';
import type { Connection } from './postgres-connection.ts';

export interface Wakes extends Required<Pick<Sql, 'listen' | 'notify'>> {
  /** Idempotent. */
  close(): Promise<void>;
}

export interface WakesOptions {
  /** With what is to be so for as long as the connection lasts. */
  connect(lost: () => void, heard: (payload: string) => void): Promise<Connection>;
}

const CHANNEL = 'integration_sandbox';
/** A payload is shorter than 8000 bytes (https://www.postgresql.org/docs/15/sql-notify.html). */
const PAYLOAD_MAX = 7_500;
const RETRY_MS = 500;

type Word = readonly [topic: string, what: string];

/** As JSON texts that begin with who says it, each short enough to be a payload. */
const pack = (node: string, words: readonly Word[]): string[] => {
  const payloads: string[] = [];
  let items: string[] = [];
  let size = 0;
  const flush = (): void => {
    if (items.length > 0) payloads.push(`["${node}",${items.join(',')}]`);
    [items, size] = [[], 0];
  };
  for (const word of words) {
    const item = JSON.stringify(word);
    const bytes = Buffer.byteLength(item) + 1;
    if (size + bytes > PAYLOAD_MAX) flush();
    items.push(item);
    size += bytes;
  }
  flush();
  return payloads;
};

const unpack = (payload: string): readonly [node: string, ...words: Word[]] => {
  try {
    // Written by `pack`, of this or another version; whoever else may write to the channel is told nothing.
    const [node, ...words] = JSON.parse(payload);
    return [String(node), ...words.map(([topic, what]: readonly unknown[]): Word => [String(topic), String(what)])];
  } catch {
    return [''];
  }
};

/**
 * Words from node to node, on one connection that is opened with the first of them. Committing a NOTIFY takes a lock that
 * all who commit one share, so none stands in a transaction: what is said in one turn goes out by itself, as one. What is
 * said while the connection is lost is lost; those who listen are told when it is back that they may have missed something.
 */
export const createWakes = ({ connect }: WakesOptions): Wakes => {
  const node = randomUUID();
  const listeners = new Map<string, Set<(what: string | undefined) => void>>();
  const said = new Map<string, Word>();
  let connection: Connection | undefined;
  let opening: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  let before = false;
  let sending: NodeJS.Immediate | undefined;

  const heard = (payload: string): void => {
    const [from, ...words] = unpack(payload);
    if (from === node) return;
    for (const [topic, what] of words) for (const listener of listeners.get(topic) ?? []) listener(what);
  };
  const lost = (): void => {
    connection = undefined;
    if (closed) return;
    retry ??= setTimeout(() => {
      retry = undefined;
      open();
    }, RETRY_MS);
    retry.unref();
  };
  const openOnce = async (): Promise<void> => {
    try {
      const made = await connect(lost, heard);
      await made.control(`listen ${CHANNEL}`);
      if (closed) return await made.close();
      connection = made;
      if (before) for (const some of listeners.values()) for (const listener of some) listener(undefined);
      before = true;
    } catch {
      lost();
    }
  };
  const open = (): void => {
    if (closed || connection !== undefined || retry !== undefined) return;
    opening ??= openOnce().finally(() => {
      opening = undefined;
    });
  };
  const send = async (): Promise<void> => {
    sending = undefined;
    const words = [...said.values()];
    said.clear();
    open();
    await opening;
    const via = connection;
    if (via === undefined) return;
    const tell = (payload: string) => via.run('select pg_notify($1, $2) as told', [CHANNEL, payload]).rows;
    // Lost words are words that nobody may rely on.
    await Promise.allSettled(pack(node, words).map(tell));
  };

  return {
    listen(topic, listener) {
      const some = listeners.get(topic) ?? new Set();
      listeners.set(topic, some.add(listener));
      open();
      return () => {
        some.delete(listener);
      };
    },
    notify(topic, what) {
      if (closed) return;
      said.set(`${topic} ${what}`, [topic, what]);
      sending ??= setImmediate(() => void send());
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      clearImmediate(sending);
      await opening;
      await connection?.close();
    },
  };
};
