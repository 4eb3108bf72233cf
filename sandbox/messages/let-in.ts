import type { External } from '../broker/external.ts';
import type { Broker, BrokerHandler } from '../broker/port.ts';
import type { Host } from '../http/host.ts';
import type { PatternApp } from '../pattern.ts';
import { type Access, claim, departed, noteMissing, noteWanted, type PendingAccess, pending } from './access-rows.ts';
import { releaseHeld } from './held.ts';
import { createListening } from './listen-outside.ts';

/** How often it looks by itself: for what expired, for what another node changed, for a server that is there again. */
const LOOK_MS = 5_000;

const NOBODY =
  'BROKER_URL is not RabbitMQ (amqp://…), and no other broker lets parties outside have a queue of their own.';

/** The consumers that a participant of a pattern may publish to, by their routing keys. */
export const routingKeysOf = ({ consumers = {} }: Pick<PatternApp, 'consumers'>, participant: string): string[] =>
  Object.entries(consumers)
    .filter(([, consumer]) => consumer.outside === true && consumer.participant !== participant)
    .map(([name]) => name);

export interface DoorOptions {
  readonly host: Host;
  readonly broker: Pick<Broker, 'external'>;
  readonly apps: ReadonlyMap<string, PatternApp>;
  /** Handles what a party outside publishes. */
  readonly take: BrokerHandler;
}

/** Gives each external participant that is to have a queue its part of the broker, takes what it publishes, and takes all of it away again. */
export interface Door {
  /** Resolves when what the rows say now was done, as far as it can be; never rejects. */
  tend(): Promise<void>;
  start(): Promise<void>;
  /** Idempotent. What is open stays open: it is the sandboxes' own. */
  close(): Promise<void>;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const createDoor = ({ host, broker, apps, take }: DoorOptions): Door => {
  const { sql, log, messages } = host;
  const { external } = broker;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closing = false;

  const missing = async ({ name, reason }: Access, why: string): Promise<void> => {
    if (reason !== why) log.warn({ access: name, reason: why }, 'Parties outside and the broker');
    await sql.transaction((tx) => noteMissing(tx, name, why));
  };

  const showOut = async (one: Access): Promise<void> => {
    if (!(await claim(sql, one, host.now(), 'to show out'))) return;
    try {
      await external?.revoke(one.name);
    } catch (error) {
      return missing(one, messageOf(error));
    }
    await sql.transaction((tx) => tx.query('delete from broker_access where name = $1', [one.name]));
  };

  const letIn = async (door: External, one: PendingAccess): Promise<void> => {
    if (!(await claim(sql, one, host.now(), 'to let in'))) return;
    const keys = routingKeysOf(apps.get(one.pattern) ?? {}, one.participant);
    try {
      const access = await door.grant(one.name, { unusedFor: one.expires_real - host.now() });
      await sql.transaction((tx) =>
        tx.query(
          `update broker_access set url = $2, exchange = $3, queue = $4, routing_keys = $5, reason = null,
             tended_real = null where name = $1`,
          [one.name, access.url, access.exchange, access.queue, JSON.stringify(keys)],
        ),
      );
    } catch (error) {
      return missing(one, messageOf(error));
    }
    await releaseHeld(sql, one.serial, one.participant);
    messages.wake();
  };

  const listening =
    external &&
    createListening({
      sql,
      external,
      take,
      lost: async (name, error) => {
        if (closing) return;
        const why = error === undefined ? 'the broker has lost what it publishes to' : messageOf(error);
        await sql
          .transaction((tx) => noteMissing(tx, name, why))
          .catch((err) => log.error({ err }, 'A party outside could not be looked after'));
        // What failed is tried again at the next look.
        if (error === undefined) void tend();
      },
    });

  const pass = async (): Promise<void> => {
    await noteWanted(sql);
    for (const one of await departed(sql)) await showOut(one);
    const waiting = await pending(sql);
    if (waiting.length > 0) {
      const obstacle = external === undefined ? NOBODY : await external.obstacle();
      for (const one of waiting) {
        if (external !== undefined && obstacle === undefined) await letIn(external, one);
        else if (one.reason !== obstacle) await missing(one, obstacle ?? NOBODY);
      }
    }
    await listening?.follow();
  };

  const tend = (): Promise<void> => {
    if (closing) return Promise.resolve();
    if (running !== undefined) {
      // What has just changed may have been looked at already.
      next ??= running.then(() => {
        next = undefined;
        return tend();
      });
      return next;
    }
    running = pass()
      .catch((err) => log.error({ err }, 'Parties outside could not be looked after'))
      .finally(() => {
        running = undefined;
      });
    return running;
  };

  const look = (): void => {
    timer = setTimeout(() => void tend().finally(() => closing || look()), LOOK_MS);
    timer.unref();
  };

  return {
    tend,
    async start() {
      // It was another broker's.
      if (external === undefined)
        await sql.transaction((tx) => tx.query('update broker_access set url = null where url is not null'));
      void tend();
      look();
    },
    async close() {
      closing = true;
      clearTimeout(timer);
      await running;
      await listening?.close();
    },
  };
};
