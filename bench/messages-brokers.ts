import { join } from 'node:path';
import { startStandalone } from '../sandbox/standalone.ts';
import { startRabbitmq } from '../test/engines/rabbitmq.ts';
import { startRedis } from '../test/engines/redis.ts';
import { bareAmqp, bareBullmq, type Carrier, carry } from './broker.ts';
import { openBox, patternOf, perform } from './message-box.ts';
import { median, type Row, spread } from './row.ts';
import type { Settings } from './rows.ts';

/** Accepted into the store, relayed, handled with an effect, journalled: nothing is lost, whatever fails. */
const throughStore = async (brokerUrl: string, storeUrl: string): Promise<Carrier> => {
  let handled = (): void => undefined;
  const pattern = patternOf(async ({ id }, ctx) => {
    await perform(ctx, id);
    handled();
  });
  const served = await startStandalone(pattern, { storeUrl, brokerUrl, log: console });
  const { ctx } = await openBox(served, 'brokers');
  return {
    send: () => ctx.transaction((tx) => ctx.enqueue(tx, { consumer: 'work', body: 'x'.repeat(1_400) })),
    onHandled: (listener) => {
      handled = listener;
    },
    close: () => served.close(),
  };
};

/** A round is cut into as many, each as often the first: others come and go on the machine, and a ratio is of neighbours. */
const SLICES = 3;

const compare = async (name: string, bare: Carrier, ours: Carrier, { rounds, seconds }: Settings): Promise<Row> => {
  const [bares, owns]: [number[], number[]] = [[], []];
  // V8 compiles what is hot for seconds, and has more of it to compile in ours.
  await carry(bare, seconds);
  await carry(ours, seconds);
  for (let slice = 0; slice < rounds * SLICES; slice += 1) {
    if (slice % 2 === 0) bares.push(await carry(bare, seconds / SLICES));
    owns.push(await carry(ours, seconds / SLICES));
    if (slice % 2 === 1) bares.push(await carry(bare, seconds / SLICES));
  }
  await Promise.all([bare.close(), ours.close()]);
  const ratios = owns.map((own, index) => own / (bares[index] ?? Number.NaN));
  const detail = { 'ours/s': median(owns), 'bare/s': median(bares) };
  return { name, unit: 'ratio', value: median(ratios), spread: spread(ratios), budget: { atLeast: 0.35 }, detail };
};

export const messagesOverBrokers = async (settings: Settings): Promise<Row[]> => {
  const rows: Row[] = [];
  const store = (name: string): string => `sqlite:${join(settings.folder, 'messages', `${name}.db`)}`;
  const rabbitmq = await startRabbitmq({ management: false });
  try {
    const { url } = rabbitmq;
    const ours = await throughStore(url, store('rabbitmq'));
    rows.push(await compare('RabbitMQ through the store', await bareAmqp(url, 'bare'), ours, settings));
  } finally {
    await rabbitmq.remove();
  }
  const redis = await startRedis();
  try {
    const { url } = redis;
    const ours = await throughStore(url, store('redis'));
    rows.push(await compare('BullMQ through the store', await bareBullmq(url, 'bare'), ours, settings));
  } finally {
    await redis.remove();
  }
  return rows;
};
