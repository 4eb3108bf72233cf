import { join } from 'node:path';
import { createCtx } from '../sandbox/context.ts';
import type { LoadedPattern } from '../sandbox/http/host.ts';
import { thingMigrations, thingsPattern } from '../sandbox/http/things-pattern.ts';
import { loadSandbox, type SandboxRow } from '../sandbox/participants.ts';
import type { Consumer, Ctx } from '../sandbox/pattern.ts';
import { type Standalone, startStandalone } from '../sandbox/standalone.ts';
import { bareFanOut } from './bare-fan-out.ts';
import { median, type Row, spread } from './row.ts';
import type { Settings } from './rows.ts';

/** About a kilobyte, as an event or a small FHIR message has. */
const BODY = JSON.stringify({ resourceType: 'Bundle', type: 'message', note: 'x'.repeat(950) });
const MESSAGES = 5_000;
const SUBSCRIBERS = 100;
const EVENTS = 50;
const BACKLOG = 100_000;
const QUIET = 2_000;
/** Messages that are accepted in one transaction, where it is not accepting that is measured. */
const EACH = 500;

/** What a message does in the store of its receiver. */
export const perform = async (ctx: Ctx, id: string): Promise<void> => {
  await ctx.transaction((tx) =>
    tx.query("insert into thing (store, id, version, body) values ($1, $2, 1, '')", [ctx.store, id]),
  );
};

/** Things with two consumers: one does the work, the other sends on to so many subscribers. */
export const patternOf = (work: Consumer['handle']): LoadedPattern => ({
  ...thingsPattern,
  app: {
    ...thingsPattern.app,
    stores: [{ migrations: thingMigrations, copy: async () => {}, sweep: async () => 0 }],
    consumers: {
      work: { participant: 'helper', handle: work },
      publish: {
        participant: 'answerer',
        handle: async ({ body }, ctx) => {
          await ctx.transaction(async (tx) => {
            for (let n = 0; n < SUBSCRIBERS; n += 1) await ctx.enqueue(tx, { consumer: 'work', body });
          });
        },
      },
    },
  },
});
const pattern = patternOf(({ id }, ctx) => perform(ctx, id));

export interface Box {
  readonly row: SandboxRow;
  readonly ctx: Ctx;
}

export const openBox = async (served: Standalone, id: string): Promise<Box> => {
  await served.open(id, { dialect: 'lax', seed: 1, people: 0 });
  const sandbox = await loadSandbox(served.host.sql, id);
  const asker = sandbox?.participants.find(({ name }) => name === 'asker');
  if (sandbox === undefined || asker === undefined) throw new Error(`There is no sandbox ${id}`);
  const { dialect } = await thingsPattern.dialect('lax');
  return { row: sandbox.row, ctx: createCtx(served.host, sandbox, asker, dialect) };
};

const enqueue = async ({ ctx }: Box, consumer: string, count: number, each: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += each)
    await ctx.transaction(async (tx) => {
      for (let n = sent; n < Math.min(count, sent + each); n += 1) await ctx.enqueue(tx, { consumer, body: BODY });
    });
};

interface Timed {
  readonly seconds: number;
  /** Of the processor, by this process: steadier than the time of a machine that others use, too. */
  readonly cpu: number;
}

const timed = async (work: () => Promise<void>): Promise<Timed> => {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - began) / 1000, cpu: user + system };
};

const perSecond = (name: string, runs: readonly Timed[], messages: number, atLeast?: number): Row => {
  const rates = runs.map(({ seconds }) => messages / seconds);
  const cpu = median(runs.map((run) => run.cpu)) / messages;
  const budget = atLeast === undefined ? undefined : { atLeast };
  return { name, unit: '/s', value: median(rates), spread: spread(rates), budget, detail: { 'CPU µs': cpu } };
};

/** Accepted one by one by 100 callers, relayed, handled with an effect, journalled. */
const throughput = async (served: Standalone, rounds: number): Promise<Row> => {
  const box = await openBox(served, 'throughput');
  const runs: Timed[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const caller = () => enqueue(box, 'work', MESSAGES / 100, 1);
    const run = await timed(async () => {
      await Promise.all(Array.from({ length: 100 }, caller));
      await served.messages.settled(box.row);
    });
    if (round > 0) runs.push(run);
  }
  return perSecond('messages through the store, embedded', runs, MESSAGES, 3_000);
};

/** What one event costs that goes to many, against a loop written by hand; by turns, so that both have the same machine. */
const fanOut = async (served: Standalone, rounds: number, folder: string): Promise<Row> => {
  const box = await openBox(served, 'fan-out');
  const bare = bareFanOut(join(folder, 'bare-fan-out.db'), SUBSCRIBERS);
  const [bares, owns]: [Timed[], Timed[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const byHand = await timed(async () => {
      for (let n = 0; n < EVENTS; n += 1) bare.publish(BODY);
    });
    const own = await timed(async () => {
      await enqueue(box, 'publish', EVENTS, 1);
      await served.messages.settled(box.row);
    });
    if (round === 0) continue;
    bares.push(byHand);
    owns.push(own);
  }
  bare.close();
  const rate = (runs: readonly Timed[]): number => median(runs.map(({ seconds }) => (EVENTS * SUBSCRIBERS) / seconds));
  const ratios = owns.map(({ seconds }, index) => (bares[index]?.seconds ?? Number.NaN) / seconds);
  const detail = { 'ours/s': rate(owns), 'by hand/s': rate(bares) };
  const name = `deliveries of a fan-out to ${SUBSCRIBERS}, against a loop`;
  return { name, unit: 'ratio', value: median(ratios), spread: spread(ratios), budget: undefined, detail };
};

/** Deletes what a sandbox has ready, in pages. */
const discardReady = async ({ host }: Standalone, { row }: Box): Promise<void> => {
  const page = `delete from message where serial = $1 and id in
    (select id from message where serial = $1 and state = 'ready' limit ${EACH}) returning id`;
  while ((await host.sql.transaction((tx) => tx.query(page, [row.serial]))).length > 0);
};

/**
 * What a quiet sandbox waits for its messages while another has very many queued, against what it waits alone: before that
 * one came and after it is gone, so that a process that warms up, and a machine that others use, too, weigh on both alike.
 */
const fairness = async (served: Standalone, rounds: number): Promise<Row> => {
  const [quiet, noisy] = [await openBox(served, 'quiet'), await openBox(served, 'noisy')];
  const wait = () =>
    timed(async () => {
      await enqueue(quiet, 'work', QUIET, EACH);
      await served.messages.settled(quiet.row);
    });
  const waits = async (count: number): Promise<Timed[]> => {
    const runs: Timed[] = [];
    for (let round = 0; round < count; round += 1) runs.push(await wait());
    return runs;
  };
  await waits(rounds);
  const before = await waits(rounds);
  await enqueue(noisy, 'work', BACKLOG, EACH);
  const beside = await waits(2 * rounds);
  const left = await served.host.sql.query("select seq from message where serial = $1 and state = 'ready' limit 1", [
    noisy.row.serial,
  ]);
  if (left.length === 0) throw new Error('The backlog was over before the measurement');
  await discardReady(served, noisy);
  await served.messages.settled(noisy.row);
  const alone = [...before, ...(await waits(rounds))];
  const secondsOf = (runs: readonly Timed[]): number => median(runs.map((run) => run.seconds));
  const cpuOf = (runs: readonly Timed[]): number => median(runs.map((run) => run.cpu));
  const ratios = beside.map(({ seconds }) => seconds / secondsOf(alone));
  return {
    name: `${QUIET} messages beside ${BACKLOG} of another sandbox`,
    unit: 'ratio',
    value: median(ratios),
    spread: spread(ratios),
    budget: { atMost: 1.3 },
    detail: { 'alone ms': secondsOf(alone) * 1000, 'ratio of CPU': cpuOf(beside) / cpuOf(alone) },
  };
};

export const messages = async ({ folder, rounds }: Settings): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const measure of [throughput, fanOut, fairness]) {
    const storeUrl = `sqlite:${join(folder, 'messages', `${measure.name}.db`)}`;
    const served = await startStandalone(pattern, { storeUrl, log: console });
    try {
      rows.push(await measure(served, rounds, join(folder, 'messages')));
    } finally {
      await served.close();
    }
  }
  return rows;
};
