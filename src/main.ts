import type { RequestHandler } from 'express';
import type { Config } from '../sandbox/config.ts';
import { openEngines } from '../sandbox/engines.ts';
import { sandboxEdge } from '../sandbox/http/edge.ts';
import type { Host, Log } from '../sandbox/http/host.ts';
import { Injector } from '../sandbox/http/injector.ts';
import { acceptWebSockets } from '../sandbox/http/websocket.ts';
import { createJournal } from '../sandbox/journal.ts';
import { createLifecycle, type Lifecycle } from '../sandbox/lifecycle.ts';
import { createLog } from '../sandbox/log.ts';
import { PostRoom } from '../sandbox/messages/post-room.ts';
import { MllpPorts } from '../sandbox/mllp-ports.ts';
import type { PatternApp } from '../sandbox/pattern.ts';
import { openSql } from '../sandbox/sql/open.ts';
import { createBodyReader } from '../sandbox/store-text.ts';
import { keepTickShape } from '../sandbox/tick-shape.ts';
import { createApp } from './api/app.ts';
import { serviceHandlers } from './api/handlers.ts';
import { mountContract } from './api/mount.ts';
import { type Catalogue, openCatalogue } from './catalogue.ts';
import { tool, version } from './cli/version.ts';
import { createJobs } from './conformance/jobs.ts';
import { loadTree, readTree } from './guide/load.ts';
import type { Tree } from './guide/tree.ts';
import { watchRequests } from './in-flight.ts';
import { listen } from './listen.ts';
import { collectMigrations } from './migrations.ts';
import { listenMllp } from './mllp.ts';
import { createInputCheck } from './sandboxes/act-input.ts';
import { findKey } from './sandboxes/keys.ts';
import { createSignals } from './sandboxes/signals.ts';
import type { Surroundings } from './sandboxes/surroundings.ts';
import { type Stores, startSweeper } from './sandboxes/sweep.ts';
import { createTemplates } from './sandboxes/templates.ts';
import { warmUp } from './warm-up.ts';

export interface StartOptions {
  /** Another catalogue than this package's. */
  readonly catalogue?: Catalogue;
  /** The file of an organisation's own decision tree. */
  readonly tree?: string;
  readonly log?: Log;
  /** The real clock, in milliseconds. */
  now?(): number;
  /** Synthetic people that a seed makes. */
  readonly people?: number;
  /** Real milliseconds between two looks for what has expired. */
  readonly sweepEvery?: number;
  /** Whether to do beforehand, once requests are answered, what the first caller would wait for; not unless told. */
  readonly warm?: boolean;
}

export interface RunningService {
  /** Where it can be reached from this machine, without a trailing slash. */
  readonly url: string;
  /** Resolves when what `warm` asks for is done; at once where it was not asked. Never rejects. */
  readonly warmed: Promise<void>;
  /** Finishes what is in flight, then closes everything, in the reverse of the order in which it was opened. Idempotent. */
  close(): Promise<void>;
}

const PEOPLE = 40;

/** The tables of a pattern that a serial may fill; none where the pattern is no longer there. */
const storesOf = async (catalogue: Catalogue, id: string): Promise<Stores> => {
  if (!catalogue.ids.includes(id) || !catalogue.live(id)) return { parts: [], participants: 0 };
  const { app, manifest } = await catalogue.load(id);
  return { parts: app.stores ?? [], participants: manifest.participants.length };
};

const appsOf = async (catalogue: Catalogue): Promise<ReadonlyMap<string, PatternApp>> => {
  const live = catalogue.ids.filter((id) => catalogue.live(id));
  return new Map(await Promise.all(live.map(async (id) => [id, await catalogue.app(id)] as const)));
};

/** Throws TreeError with every place, before anything is opened: a service with a broken guide does not start. */
const readGuide = async (catalogue: Catalogue, file: string | undefined): Promise<Tree> => {
  if (file !== undefined) return loadTree(file, catalogue.ids);
  const { text, where } = await catalogue.tree();
  return readTree(text, where, catalogue.ids);
};

const open = async (config: Config, options: StartOptions, lifecycle: Lifecycle): Promise<RunningService> => {
  const { log = createLog(config.logLevel), now = Date.now, people = PEOPLE } = options;
  const catalogue = options.catalogue ?? (await openCatalogue());
  const tree = await readGuide(catalogue, options.tree);
  const sql = await lifecycle.use('the store', openSql(config.storeUrl, await collectMigrations(catalogue)));
  const journal = await lifecycle.use(
    'the journal',
    createJournal({
      sql,
      bodyOf: createBodyReader(sql, async (pattern) => (await storesOf(catalogue, pattern)).parts),
      real: now,
      secrets: new Set(config.adminKey === undefined ? [] : [config.adminKey]),
      failed: (err) => log.error({ err }, 'a batch of the journal could not be written'),
    }),
  );
  let url = config.publicUrl ?? '';
  const closing = new AbortController();
  const host: Host = {
    sql,
    journal,
    log,
    publicUrl: () => url,
    ...(config.publicBrokerUrl === undefined ? {} : { publicBrokerUrl: config.publicBrokerUrl }),
    allowRealNhsNumbers: config.allowRealNhsNumbers,
    outboundAllow: config.outboundAllow,
    listensOnLoopbackOnly: config.loopbackOnly,
    pattern: (id) => catalogue.load(id),
    injector: new Injector(),
    messages: new PostRoom(),
    mllp: new MllpPorts(),
    closing: closing.signal,
    now,
  };
  const signals = createSignals(sql);
  const apps = await appsOf(catalogue);
  const engines = await openEngines(host, lifecycle, { ...config, apps });
  const sweeper = await lifecycle.use(
    'the sweeper',
    startSweeper(
      {
        sql,
        now,
        storesOf: (id) => storesOf(catalogue, id),
        forgotten: (sandbox) => {
          signals.wake(sandbox);
          void engines.messages.tendOutside();
        },
        failed: (error) => log.error({ err: error }, 'sweeping failed'),
      },
      options.sweepEvery,
    ),
  );
  const around: Surroundings = {
    host,
    signals,
    timers: engines.timers,
    messages: engines.messages,
    people,
    templates: createTemplates({ host, release: version(), people }),
    checkInput: createInputCheck(),
    scenarios: (id) => catalogue.scenarios(id),
    ttl: config.sandboxTtl,
    sweepSoon: () => sweeper.nudge(),
  };
  const jobs = await lifecycle.use('conformance runs', createJobs(sql, now));
  const edge = sandboxEdge(host);
  const mount = async (): Promise<RequestHandler> =>
    mountContract({
      contract: (await catalogue.contract('service')).document,
      handlers: serviceHandlers({ catalogue, around, tree, jobs, tool: tool() }),
      guard: {
        findKey: (sandbox, presented) => findKey(sql, sandbox, presented, now()),
        openCreation: config.loopbackOnly || config.openCreation,
        ...(config.adminKey === undefined ? {} : { adminKey: config.adminKey }),
      },
      first: ['createSandbox'],
      closing: closing.signal,
    });
  let mounting: Promise<RequestHandler> | undefined;
  const api = async (): Promise<RequestHandler> => {
    mounting ??= mount();
    try {
      return await mounting;
    } catch (error) {
      mounting = undefined;
      throw error;
    }
  };
  const app = createApp({
    log,
    sql,
    broker: engines.broker,
    catalogue,
    edge,
    api,
    origins: { loopbackOnly: config.loopbackOnly, publicUrl: () => url },
    headers: { frameAncestors: config.frameAncestors, secure: config.tls !== undefined },
    closing: closing.signal,
  });
  const listener = await lifecycle.use('the listener', listen(app, config));
  acceptWebSockets(listener.server, host);
  await listenMllp(host, lifecycle, config, apps);
  const { signal } = closing;
  const warm = async (): Promise<void> => {
    const requests = watchRequests(listener.server);
    await warmUp({ catalogue, edge, templates: around.templates, log, closing: signal, requests, api });
    requests.stop();
  };
  const warming = options.warm === true ? warm() : Promise.resolve();
  lifecycle.add('what is done beforehand', () => warming);
  // Streams have no end of their own: they are told first, and readiness with them.
  lifecycle.add('the streams', () => closing.abort());
  url = config.publicUrl ?? listener.url;
  await engines.start();
  return { url: listener.url, warmed: warming, close: () => lifecycle.close() };
};

/** Opens everything, listens, and resolves once requests are answered. What was opened is closed again where that fails. */
export const startService = async (config: Config, options: StartOptions = {}): Promise<RunningService> => {
  const lifecycle = createLifecycle();
  keepTickShape();
  try {
    return await open(config, options, lifecycle);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
};
