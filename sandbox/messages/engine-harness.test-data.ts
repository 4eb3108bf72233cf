import type { LoadedPattern } from '../http/host.ts';
import { thingMigrations, thingsPattern } from '../http/things-pattern.ts';
import type { Consumer, Ctx, Handler, NewMessage } from '../pattern.ts';
import { type Standalone, startStandalone } from '../standalone.ts';

const nothing = { copy: async () => {}, sweep: async () => 0 };

/** For tests: the pattern of things with consumers, served by itself, and one of its sandboxes. */
export interface MessageHarness extends Standalone {
  /** The failures that were logged. */
  readonly logged: object[];
  /** Puts messages into the store, in one transaction, as `asker` of a sandbox. */
  send(...messages: readonly NewMessage[]): Promise<readonly string[]>;
  /** Opens another sandbox beside it; returns how to send in that one. */
  beside(id: string): Promise<MessageHarness['send']>;
  /** Resolves when nothing is left to be handled now. */
  settled(): Promise<void>;
  /** The messages of the sandbox, as the store has them, in the order in which they were sent. */
  rows(): Promise<readonly { id: string; state: string; attempt: number; reason: string | null; due: number | null }[]>;
  /** Lets real time pass. */
  pass(milliseconds: number): void;
  advance(milliseconds: number): Promise<number>;
  exchanges(): ReturnType<Standalone['host']['journal']['page']>;
}

/** What it runs on. */
export interface Engines {
  readonly storeUrl: string;
  readonly brokerUrl: string;
}

export type Seats = Readonly<Record<string, 'external' | 'stopped'>>;

export const BOX = 'box';
export const START = Date.UTC(2026, 10, 22, 9);

/** How a test puts messages into the store: through the pattern's own context, by an operation of its contract. */
const enqueuing =
  (messages: () => readonly NewMessage[]): Handler =>
  async (_call, ctx: Ctx) => {
    const ids = await ctx.transaction(async (tx) => {
      const made: string[] = [];
      for (const message of messages()) made.push(await ctx.enqueue(tx, message));
      return made;
    });
    return { status: 200, body: ids };
  };

interface NodeOptions {
  readonly now?: () => number;
  /** Told of each failure. */
  readonly note?: (fields: object) => void;
  /** What its sandboxes send next. */
  readonly next?: () => readonly NewMessage[];
}

/** A node with these consumers, without a sandbox: one of those that share a store, or the only one. */
export const openNode = (
  consumers: Readonly<Record<string, Consumer>>,
  engines: Engines,
  { now = () => START, note = () => undefined, next = () => [] }: NodeOptions = {},
): Promise<Standalone> => {
  const pattern: LoadedPattern = {
    ...thingsPattern,
    app: {
      ...thingsPattern.app,
      stores: [{ migrations: thingMigrations, ...nothing }],
      handlers: { ...thingsPattern.app.handlers, later: enqueuing(next) },
      consumers,
    },
  };
  return startStandalone(pattern, { ...engines, log: { error: note, warn: note }, now });
};

export const openMessages = async (
  consumers: Readonly<Record<string, Consumer>>,
  engines: Engines,
  seats: Seats = {},
): Promise<MessageHarness> => {
  const clock = { real: START };
  let next: readonly NewMessage[] = [];
  const logged: object[] = [];
  // That a broker was not there at first is no failure.
  const note = (fields: object): void => {
    if ('err' in fields) logged.push(fields);
  };
  const served = await openNode(consumers, engines, { now: () => clock.real, note, next: () => next });
  const open = async (id: string): Promise<MessageHarness['send']> => {
    const base = await served.open(id, { dialect: 'lax', seed: 1, people: 0, seats });
    return async (...messages) => {
      next = messages;
      const reply = await fetch(`${base}/answerer/FHIR/R4/$later`);
      if (reply.status !== 200) throw new Error(await reply.text());
      return JSON.parse(await reply.text()) as string[];
    };
  };
  const send = await open(BOX);
  const { host, timers } = served;
  const key = async () => {
    const [row] = await host.sql.query<{ serial: number }>('select serial from sandbox where id = $1', [BOX]);
    return { id: BOX, serial: row?.serial ?? 0 };
  };
  return {
    ...served,
    logged,
    send,
    beside: open,
    settled: async () => served.messages.settled(await key()),
    rows: async () =>
      host.sql.query('select id, state, attempt, reason, due from message where serial = $1 order by seq', [
        (await key()).serial,
      ]),
    pass(milliseconds) {
      clock.real += milliseconds;
    },
    advance: async (milliseconds) => (await timers.advance(BOX, milliseconds)).fired,
    exchanges: async () => {
      await host.journal.flush();
      return host.journal.page(await key(), 0, 1_000);
    },
  };
};
