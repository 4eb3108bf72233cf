import { describe, expect, it } from 'vitest';
import { createGate } from '../broker/contract-inbox.ts';
import type { NewMessage } from '../pattern.ts';
import { useBox } from './contract-box.ts';
import { BOX, type Engines } from './engine-harness.test-data.ts';

/** More than a queue may have that is not deep; and what a sandbox that is alone may have with an embedded broker. */
const MANY = 3_200;
const AHEAD = 64;
const FEW = 320;
/** For so many of the quiet sandbox the other has at most one, and at least. */
const MOST = 8;
const LEAST = 32;

const messages = (count: number): NewMessage[] =>
  Array.from({ length: count }, (_, n) => ({ consumer: 'work', body: `${n}` }));

/** Counts; lets whoever asks wait until it has come to a number. */
const createCount = () => {
  let counted = 0;
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  return {
    up(): number {
      counted += 1;
      waiting.get(counted)?.resolve();
      return counted;
    },
    async reaches(number: number): Promise<void> {
      if (counted >= number) return;
      const one = waiting.get(number) ?? Promise.withResolvers<void>();
      waiting.set(number, one);
      await one.promise;
    },
  };
};

/**
 * What every store has to keep of fairness between sandboxes: in which order they are served, not how fast. A store may run
 * two sandboxes side by side, and chance says which of them comes to its end sooner; so the quiet one waits for the other to
 * be served the least that it is to be. That one gets there by itself, while nothing of the quiet one is finished and no time
 * passes, for what it may have depends on what was sent and not on what was handled; were it not so, this would not end.
 */
export const fairContract = (title: string, engines: () => Promise<Engines>): void => {
  const start = useBox(engines);

  describe(`a sandbox beside one with ${MANY} messages queued, on ${title}`, () => {
    it('waits for few of those only, and they go on meanwhile, to the last one', { timeout: 120_000 }, async () => {
      const gate = createGate();
      const served: string[] = [];
      const [busy, quiet] = [createCount(), createCount()];
      const box = await start(async (_message, ctx) => {
        if (ctx.sandbox.id !== BOX) await busy.reaches(AHEAD + Math.ceil(quiet.up() / LEAST));
        served.push(ctx.sandbox.id);
        if (ctx.sandbox.id !== BOX) return;
        busy.up();
        await gate.pass();
      });
      const sendBeside = await box.beside('quiet');
      for (let sent = 0; sent < MANY; sent += 400) await box.send(...messages(400));
      await gate.begun;
      await sendBeside(...messages(FEW));
      gate.open();
      await box.settled();
      const last = served.lastIndexOf('quiet');
      const between = served.slice(0, last).filter((id) => id === BOX).length - AHEAD;
      expect(between).toBeLessThanOrEqual(FEW / MOST);
      expect(between).toBeGreaterThanOrEqual(FEW / LEAST);
      expect(served).toHaveLength(MANY + FEW);
      expect(box.logged).toEqual([]);
    });
  });
};
