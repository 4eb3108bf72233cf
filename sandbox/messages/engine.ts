import { setTimeout } from 'node:timers/promises';
import type { Broker, BrokerMessage } from '../broker/port.ts';
import type { Host } from '../http/host.ts';
import type { SandboxKey } from '../journal.ts';
import { findParticipant } from '../participants.ts';
import type { Consumer, PatternApp } from '../pattern.ts';
import { createSandboxCache } from '../sandbox-cache.ts';
import { SqlError } from '../sql/error.ts';
import { unwrap } from './envelope.ts';
import { handleDelivery } from './handle.ts';
import { releaseAllHeld, releaseHeld } from './held.ts';
import { createDoor } from './let-in.ts';
import { createNode } from './nodes.ts';
import { queueOf } from './post-room.ts';
import { createRelay } from './relay.ts';
import { giveBackOlder } from './relay-rows.ts';
import { waitSettled } from './settled.ts';
import { takeFromOutside } from './take-from-outside.ts';

/** Moves messages from the store through the broker to the consumers of the patterns (rules 2). */
export interface MessageEngine {
  /** For the timers: resolves when the sandbox has no message that is ready or being handled. */
  settled(sandbox: SandboxKey): Promise<void>;
  /** Lets go what was held for a participant, if it is simulated now, or has a queue outside. */
  seatChanged(sandbox: SandboxKey, participant: string): Promise<void>;
  /** Lets parties outside use the broker, or not any more, as the seats of all sandboxes are now; never rejects. */
  tendOutside(): Promise<void>;
  /** Handles and relays from now on. */
  start(): Promise<void>;
  /** Finishes what is being handled; what is left goes on after the next start. Idempotent. */
  close(): Promise<void>;
}

export interface MessageEngineOptions {
  readonly host: Host;
  readonly broker: Broker;
  /** By pattern id. */
  readonly apps: ReadonlyMap<string, PatternApp>;
  /** Whether the broker forgets all it has when this process ends: then what is marked as sent at the start is not. */
  readonly forgetful: boolean;
  /** Real milliseconds after which a message that nobody says is handled is sent again; 60 s. */
  readonly resendAfter?: number;
}

/** Messages of one work queue that are handled at the same time; many of them only wait for another system. */
const PREFETCH = 128;
/** A broker in this process confirms at once; one that is far takes its time, in which more can be on their way. */
const ALONE_HERE = 64;
const ALONE_FAR = 256;
const RESEND_MS = 60_000;
/** How long it waits for a store that is away. */
const STORE_AWAY_MS = 1_000;
const CONSUMER = /^[a-z][a-z0-9-]*$/;

/** A store that was away may have kept it or not: which, it says when it is back. */
const isAway = (error: unknown): boolean =>
  error instanceof SqlError && (error.trouble === 'unreachable' || error.trouble === 'unknown');

const consumersOf = (apps: ReadonlyMap<string, PatternApp>): ReadonlyMap<string, Consumer> => {
  const found = new Map<string, Consumer>();
  for (const [pattern, { consumers = {} }] of apps)
    for (const [name, consumer] of Object.entries(consumers)) {
      if (!CONSUMER.test(name)) throw new Error(`${pattern}: "${name}" is no name for a consumer: write it as a-b-c`);
      found.set(queueOf(pattern, name), consumer);
    }
  return found;
};

export const createMessageEngine = (options: MessageEngineOptions): MessageEngine => {
  const { host, broker, forgetful, resendAfter = RESEND_MS } = options;
  const { sql, log, messages } = host;
  const consumers = consumersOf(options.apps);
  const load = createSandboxCache(sql);
  // Whoever is alone with a store knows at the start that nobody else has sent anything.
  const node = sql.claim === undefined ? undefined : createNode(sql, host.now);
  const failed = (err: unknown, what: string): void => log.error({ err }, what);
  const relay = createRelay({
    sql,
    broker,
    real: host.now,
    resendAfter,
    alone: forgetful ? ALONE_HERE : ALONE_FAR,
    node: node?.id,
    atHand: messages.atHand,
    failed,
  });
  messages.connect(consumers, relay.wake);
  const deafen = broker.onLoss?.(relay.lost);
  const stops: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;

  /** Never rejects: the row is still there, and is sent again; a broker would only deliver again at once, and for ever. */
  const handle = async (delivered: BrokerMessage): Promise<void> => {
    try {
      await handleDelivery(outbox, load, delivered);
    } catch (err) {
      log.error({ err, message: delivered.id }, 'A message could not be handled; it is sent again');
      const row = isAway(err) ? unwrap(delivered) : undefined;
      if (row !== undefined) relay.again([row]);
    }
  };

  /** There is no row yet: it stays with the broker until there is one. */
  const take = async (delivered: BrokerMessage): Promise<void> => {
    for (;;) {
      try {
        return await takeFromOutside(host, load, delivered);
      } catch (err) {
        log.error({ err }, 'What came from outside could not be stored yet');
        if (closing !== undefined) throw err;
        await setTimeout(STORE_AWAY_MS);
      }
    }
  };

  const door = createDoor({ host, broker, apps: options.apps, take });
  const outbox = { host, broker, tend: door.tend };

  return {
    settled: (sandbox) => waitSettled(sql, messages, sandbox, () => closing !== undefined),
    async seatChanged({ id, serial }, participant) {
      await door.tend();
      const loaded = await load(id);
      if (loaded === undefined || findParticipant(loaded, participant)?.mode !== 'simulated') return;
      await releaseHeld(sql, serial, participant);
      relay.wake();
    },
    tendOutside: door.tend,
    async start() {
      if (consumers.size === 0) return;
      // Nobody else has the store, or will say what became of what this process was about when it ended.
      if (forgetful || node === undefined)
        while ((await sql.transaction((tx) => giveBackOlder(tx, Number.MAX_SAFE_INTEGER))) > 0);
      // Before it sends anything the others know of it.
      await node?.beat();
      await releaseAllHeld(sql);
      for (const queue of consumers.keys()) stops.push(await broker.consume(queue, handle, { prefetch: PREFETCH }));
      relay.start();
      node?.start(relay.wake, (error) => failed(error, 'Nodes that are gone could not be looked for'));
      await door.start();
    },
    close() {
      closing ??= (async () => {
        deafen?.();
        await door.close();
        await relay.close();
        await Promise.all(stops.map((stop) => stop()));
        await node?.close().catch((error: unknown) => failed(error, 'The node could not be taken out'));
      })();
      return closing;
    },
  };
};
