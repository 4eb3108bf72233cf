import { once } from 'node:events';
import express from 'express';
import type { Broker } from './broker/port.ts';
import { createCtx } from './context.ts';
import { openEngines } from './engines.ts';
import { sandboxEdge } from './http/edge.ts';
import type { Host, LoadedPattern, Log } from './http/host.ts';
import { Injector } from './http/injector.ts';
import { acceptWebSockets } from './http/websocket.ts';
import { createJournal } from './journal.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import type { MessageEngine } from './messages/engine.ts';
import { PostRoom } from './messages/post-room.ts';
import { leasePorts, leasesOf, MllpPorts } from './mllp-ports.ts';
import { createServer } from './node-http.ts';
import { loadSandbox, newCredential } from './participants.ts';
import { coreMigrations } from './schema.ts';
import type { SeedOptions } from './seed-options.ts';
import { takingPart } from './serving.ts';
import { openSql } from './sql/open.ts';
import { createBodyReader } from './store-text.ts';
import { keepTickShape } from './tick-shape.ts';
import type { TimerEngine } from './timers.ts';

export interface StandaloneOptions {
  readonly storeUrl: string;
  /** `local:` unless told. */
  readonly brokerUrl?: string;
  readonly host?: string;
  /** 0 is any free port. */
  readonly port?: number;
  /** For MLLP, where the pattern receives HL7 v2; four free ones unless told. */
  readonly mllpPorts?: readonly number[];
  readonly allowRealNhsNumbers?: boolean;
  readonly log: Log;
  /** The real clock: milliseconds since the epoch. */
  now?(): number;
}

export interface NewSandbox extends SeedOptions {
  readonly dialect: string;
  /** Whether its endpoints ask for a participant's credential; they do not unless told. */
  readonly auth?: 'none' | 'bearer';
  /** Participants that are not simulated. */
  readonly seats?: Readonly<Record<string, 'external' | 'stopped'>>;
}

/** One pattern served by itself, without the service around it: what an exported project starts, and the patterns' own tests. */
export interface Standalone {
  readonly host: Host;
  readonly url: string;
  readonly broker: Broker;
  readonly messages: MessageEngine;
  /** Moves the time of its sandboxes. */
  readonly timers: TimerEngine;
  /** The base URL of a sandbox: the one that is there under this id, or a new one, seeded. */
  open(id: string, wanted: NewSandbox): Promise<string>;
  /** Where a participant of a sandbox receives HL7 v2: `mllp://127.0.0.1:40001`. */
  mllpUrl(id: string, participant: string): Promise<string | undefined>;
  /** Idempotent; waits for what is in flight. */
  close(): Promise<void>;
}

/** Its sandboxes are its owner's and do not expire. */
const NEVER = Number.MAX_SAFE_INTEGER;

const insert = async (host: Host, pattern: LoadedPattern, id: string, wanted: NewSandbox): Promise<boolean> =>
  host.sql.transaction(async (tx) => {
    const now = host.now();
    const [counted] = await tx.query<{ value: number }>(
      `insert into counter (name, value) values ('serial', 1)
       on conflict (name) do update set value = counter.value + 1 returning value`,
    );
    const made = await tx.query(
      `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, created_real, expires_real, seq,
         clock_base, clock_anchor_real, clock_speed)
       values ($1, $2, $3, $8, $4, 0, $5, $6, $7, 0, $6, $6, 1) on conflict (id) do nothing returning id`,
      [id, pattern.id, wanted.dialect, wanted.seed, counted?.value ?? 1, now, NEVER, wanted.auth ?? 'none'],
    );
    if (made.length === 0) return false;
    for (const [position, { name }] of takingPart(pattern.manifest.participants, wanted.dialect))
      await tx.query(
        'insert into participant (sandbox, name, position, mode, credential) values ($1, $2, $3, $4, $5)',
        [id, name, position, wanted.seats?.[name] ?? 'simulated', newCredential()],
      );
    const { hl7v2 } = pattern.app;
    if (hl7v2 !== undefined && host.mllp !== undefined)
      await leasePorts(tx, host.mllp, id, hl7v2.participantsIn(wanted.dialect));
    return true;
  });

const seedAll = async (host: Host, pattern: LoadedPattern, id: string, wanted: NewSandbox): Promise<void> => {
  const sandbox = await loadSandbox(host.sql, id);
  if (sandbox === undefined) throw new Error(`The sandbox ${id} is gone`);
  const { dialect } = await pattern.dialect(wanted.dialect);
  for (const participant of sandbox.participants)
    await pattern.app.seed?.(createCtx(host, sandbox, participant, dialect, { cause: () => ['seed'] }), wanted);
  await host.sql.transaction((tx) => tx.query('update sandbox set generation = 1 where id = $1', [id]));
};

/** Generation 0 is one whose seeding was cut short: nobody would know what it lacks. */
const requireWhole = async (host: Host, id: string): Promise<void> => {
  const sandbox = await loadSandbox(host.sql, id);
  if (sandbox?.row.generation === 0)
    throw new Error(`The sandbox ${id} was not seeded to its end when it was made; begin with a new store`);
};

const openAll = async (pattern: LoadedPattern, options: StandaloneOptions, life: Lifecycle): Promise<Standalone> => {
  const { storeUrl, brokerUrl = 'local:', host: address = '127.0.0.1', port = 0, log } = options;
  const parts = pattern.app.stores ?? [];
  const sql = await life.use(
    'the store',
    openSql(storeUrl, [...coreMigrations, ...parts.flatMap((part) => part.migrations)]),
  );
  const journal = await life.use(
    'the journal',
    createJournal({ sql, bodyOf: createBodyReader(sql, async () => parts) }),
  );
  const closing = new AbortController();
  const server = createServer();
  server.listen(port, address);
  await once(server, 'listening');
  life.add('the server', async () => {
    server.closeIdleConnections();
    // Nor is one kept that is answered on after this.
    server.keepAliveTimeout = 1;
    server.keepAliveTimeoutBuffer = 0;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  // Streams have no end of their own: they are told before the server waits for them.
  life.add('the streams', () => closing.abort());
  const bound = server.address();
  const url = `http://${address}:${typeof bound === 'object' && bound !== null ? bound.port : port}`;
  const host: Host = {
    sql,
    journal,
    log,
    publicUrl: () => url,
    allowRealNhsNumbers: options.allowRealNhsNumbers ?? false,
    outboundAllow: [],
    listensOnLoopbackOnly: address === '127.0.0.1' || address === '::1' || address === 'localhost',
    pattern: async () => pattern,
    injector: new Injector(),
    messages: new PostRoom(),
    mllp: new MllpPorts(),
    closing: closing.signal,
    now: options.now ?? Date.now,
  };
  const apps = new Map([[pattern.id, pattern.app]]);
  const { broker, timers, messages, start } = await openEngines(host, life, { brokerUrl, apps });
  acceptWebSockets(server, host);
  server.on('request', express().use('/sandboxes', sandboxEdge(host)));
  const { hl7v2 } = pattern.app;
  if (hl7v2 !== undefined)
    await life.use(
      'the MLLP listener',
      hl7v2.listen(host, { host: address, ports: options.mllpPorts ?? [0, 0, 0, 0] }),
    );
  await start();
  return {
    host,
    url,
    broker,
    timers,
    messages,
    open: async (id, wanted) => {
      if (await insert(host, pattern, id, wanted)) await seedAll(host, pattern, id, wanted);
      else await requireWhole(host, id);
      return `${url}/sandboxes/${id}`;
    },
    mllpUrl: async (id, participant) => {
      const lease = (await leasesOf(sql, id)).find((one) => one.participant === participant);
      return lease && host.mllp?.urlOf(lease.port);
    },
    close: () => life.close(),
  };
};

/** Opens the store and listens; what was opened is closed again where that fails. */
export const startStandalone = async (pattern: LoadedPattern, options: StandaloneOptions): Promise<Standalone> => {
  const life = createLifecycle();
  keepTickShape();
  try {
    return await openAll(pattern, options, life);
  } catch (error) {
    await life.close();
    throw error;
  }
};
