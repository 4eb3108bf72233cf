import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type NewFault, replaceFaults } from '../faults.ts';
import type { Consumer, Message } from '../pattern.ts';
import { type Engines, openMessages, openNode, START } from './engine-harness.test-data.ts';

const HOUR = 3_600_000;
const text = ({ body }: Message): string => Buffer.from(body).toString();

/** So many of the first to be handled wait for each other, and end in the opposite order: none may depend on that. */
const TURNED = 8;

const turning = () => {
  const begun: (() => void)[] = [];
  return async (): Promise<void> => {
    if (begun.length >= TURNED) return;
    const mine = new Promise<void>((resolve) => begun.push(resolve));
    if (begun.length === TURNED) for (const end of begun.toReversed()) end();
    await mine;
  };
};

const drop = { kind: 'message', as: 'drop' } as const;
const FAULTS: readonly NewFault[] = [
  { id: 'first-two', participant: 'helper', operation: 'work', match: '!', times: 2, effect: drop },
  { id: 'some', participant: 'helper', operation: 'work', probability: 0.4, effect: drop },
  { id: 'answers', participant: 'asker', operation: 'answer', probability: 0.5, effect: drop },
];
const SENT = Array.from({ length: 40 }, (_, n) => (n % 5 === 4 ? `${n}!` : `${n}`));
/** As the seed 1 has it, wherever it runs. */
const LOST = {
  work: ['1', '3', '4!', '5', '9!', '10', '12', '13', '15', '17', '21', '22', '29!', '32', '33', '38'],
  answers: ['14!', '16', '18', '19!', '2', '24!', '25', '26', '6'],
};

/** That the same run has the same faults, in whatever order, and by whichever of the nodes, messages are delivered and handled. */
export const faultsContract = (title: string, engines: () => Promise<Engines>): void => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });

  it(`messages are struck by the same faults in the same run, and so are those that they set off, on ${title}`, async () => {
    const got = { work: [] as string[], answer: [] as string[] };
    const turn = turning();
    const consumers: Record<string, Consumer> = {
      work: {
        participant: 'helper',
        async handle(message, ctx) {
          await turn();
          got.work.push(text(message));
          await ctx.transaction((tx) => ctx.enqueue(tx, { consumer: 'answer', body: `to ${text(message)}` }));
        },
      },
      answer: {
        participant: 'asker',
        async handle(message) {
          got.answer.push(text(message));
        },
      },
    };
    const shared = await engines();
    const box = await openMessages(consumers, shared);
    closing.push(box.close);
    if (shared.storeUrl.startsWith('postgres')) closing.push((await openNode(consumers, shared)).close);
    await box.host.sql.transaction((tx) => replaceFaults(tx, 1, FAULTS));
    await box.send(...SENT.map((body) => ({ consumer: 'work', body })));
    await box.settled();
    const lostAnswers = got.work.filter((body) => !got.answer.includes(`to ${body}`));
    expect({ work: SENT.filter((body) => !got.work.includes(body)), answers: lostAnswers.toSorted() }).toEqual(LOST);
    expect(new Set(got.work).size).toBe(got.work.length);
    expect(box.logged).toEqual([]);
  });

  it(`the first of those that others set off are struck, although handlers of later ones take less time, on ${title}`, async () => {
    const got: string[] = [];
    const consumers: Record<string, Consumer> = {
      work: {
        participant: 'helper',
        async handle(message, ctx) {
          for (let turns = 40 - 3 * Number(text(message)); turns > 0; turns -= 1) await setImmediate();
          await ctx.transaction((tx) => ctx.enqueue(tx, { consumer: 'answer', body: text(message) }));
        },
      },
      answer: {
        participant: 'asker',
        async handle(message) {
          got.push(text(message));
        },
      },
    };
    const shared = await engines();
    const box = await openMessages(consumers, shared);
    closing.push(box.close);
    if (shared.storeUrl.startsWith('postgres')) closing.push((await openNode(consumers, shared)).close);
    const firstThree = { participant: 'asker', operation: 'answer', times: 3, effect: drop };
    await box.host.sql.transaction((tx) => replaceFaults(tx, 1, [firstThree]));
    const sent = Array.from({ length: 12 }, (_, n) => `${n}`);
    await box.send(...sent.map((body) => ({ consumer: 'work', body })));
    await box.settled();
    expect(sent.filter((body) => !got.includes(body))).toEqual(['0', '1', '2']);
  });

  it(`a message that was accepted before a fault was switched on is struck when it is delivered, on ${title}`, async () => {
    const got: string[] = [];
    const consumers: Record<string, Consumer> = {
      work: {
        participant: 'helper',
        async handle(message) {
          got.push(text(message));
        },
      },
    };
    const box = await openMessages(consumers, await engines());
    closing.push(box.close);
    await box.send({ consumer: 'work', body: 'early', notBefore: START + HOUR });
    await box.host.sql.transaction((tx) => replaceFaults(tx, 1, [{ participant: 'helper', times: 1, effect: drop }]));
    await box.advance(HOUR);
    await box.send({ consumer: 'work', body: 'after' });
    await box.settled();
    expect(got).toEqual(['after']);
    expect((await box.rows()).map(({ state }) => state)).toEqual(['dead', 'done']);
  });
};
