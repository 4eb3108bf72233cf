import { join } from 'node:path';
import { type Standalone, startStandalone } from '../sandbox/standalone.ts';
import { bareFanOut } from './bare-fan-out.ts';
import { fairness } from './fairness.ts';
import { BODY, enqueue, openBox, patternOf, perform, SUBSCRIBERS, type Timed, timed } from './message-box.ts';
import { median, type Row, spread } from './row.ts';
import type { Settings } from './rows.ts';

const MESSAGES = 5_000;
const EVENTS = 50;

const pattern = patternOf(({ id }, ctx) => perform(ctx, id));

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

export const messages = async ({ folder, rounds }: Settings): Promise<Row[]> => {
  const rows: Row[] = [];
  const stores = join(folder, 'messages');
  for (const measure of [throughput, fanOut]) {
    const served = await startStandalone(pattern, {
      storeUrl: `sqlite:${join(stores, `${measure.name}.db`)}`,
      log: console,
    });
    try {
      rows.push(await measure(served, rounds, stores));
    } finally {
      await served.close();
    }
  }
  return [...rows, await fairness(stores, rounds)];
};
