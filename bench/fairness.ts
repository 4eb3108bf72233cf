import { join } from 'node:path';
import { type Standalone, startStandalone } from '../sandbox/standalone.ts';
import { type Box, enqueue, openBox, patternOf, perform, type Timed, timed } from './message-box.ts';
import { median, type Row, spread } from './row.ts';

const BACKLOG = 100_000;
const QUIET = 2_000;
/** Messages that are accepted in one transaction: it is not accepting that is measured. */
const EACH = 500;
/** So often by turns for one ratio: what else the machine does hits both alike. */
const TURNS = 4;

/** A service and a sandbox of it that has little to send. */
interface Side {
  readonly served: Standalone;
  readonly quiet: Box;
}

/** Lets through what is to come while it is open. */
const createGate = () => {
  let now = Promise.withResolvers<void>();
  return {
    pass: (): Promise<void> => now.promise,
    open: (): void => now.resolve(),
    shut(): void {
      now = Promise.withResolvers<void>();
    },
  };
};

const wait = ({ served, quiet }: Side): Promise<Timed> =>
  timed(async () => {
    await enqueue(quiet, 'work', QUIET, EACH);
    await served.messages.settled(quiet.row);
  });

interface Round {
  readonly alone: Timed;
  readonly beside: Timed;
}

/** What several waits of each take, by turns, and each as often the first. */
const byTurns = async (alone: () => Promise<Timed>, beside: () => Promise<Timed>): Promise<Round> => {
  const sums = { alone: { seconds: 0, cpu: 0 }, beside: { seconds: 0, cpu: 0 } };
  const add = async (sum: { seconds: number; cpu: number }, side: () => Promise<Timed>): Promise<void> => {
    const { seconds, cpu } = await side();
    sum.seconds += seconds;
    sum.cpu += cpu;
  };
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (turn % 2 === 0) await add(sums.alone, alone);
    await add(sums.beside, beside);
    if (turn % 2 === 1) await add(sums.alone, alone);
  }
  return sums;
};

/**
 * What a quiet sandbox waits for its messages where another has very many queued and is served beside it, against what it waits
 * where there is no other. Two services of one process, each with a store of its own, wait by turns: they have the same
 * machine, as warm, and journals that become full at the same time. The other's messages rest while it is not their turn.
 */
export const fairness = async (folder: string, rounds: number): Promise<Row> => {
  const gate = createGate();
  let others = 0;
  const pattern = patternOf(async ({ id }, ctx) => {
    if (ctx.sandbox.id === 'noisy') {
      await gate.pass();
      others += 1;
    }
    await perform(ctx, id);
  });
  const open = async (name: string): Promise<Side> => {
    const served = await startStandalone(pattern, { storeUrl: `sqlite:${join(folder, `${name}.db`)}`, log: console });
    return { served, quiet: await openBox(served, 'quiet') };
  };
  const [one, other] = [await open('alone'), await open('beside')];
  const noisy = await openBox(other.served, 'noisy');
  const alone = () => wait(one);
  const beside = async (): Promise<Timed> => {
    gate.open();
    const waited = await wait(other);
    gate.shut();
    return waited;
  };
  try {
    await byTurns(alone, beside);
    await enqueue(noisy, 'work', BACKLOG, EACH);
    const results: Round[] = [];
    for (let round = 0; round < 2 * rounds; round += 1) results.push(await byTurns(alone, beside));
    if (others > BACKLOG / 2) throw new Error('The backlog was half over before the measurement was');
    const ratios = results.map((round) => round.beside.seconds / round.alone.seconds);
    return {
      name: `${QUIET} messages beside ${BACKLOG} of another sandbox`,
      unit: 'ratio',
      value: median(ratios),
      spread: spread(ratios),
      budget: { atMost: 1.3 },
      detail: {
        'alone ms': (median(results.map(({ alone }) => alone.seconds)) * 1000) / TURNS,
        'ratio of CPU': median(results.map((round) => round.beside.cpu / round.alone.cpu)),
        "other's for 100": (100 * others) / (2 * rounds * TURNS * QUIET),
      },
    };
  } finally {
    gate.open();
    await Promise.all([one.served.close(), other.served.close()]);
  }
};
