import { describe, expect, it } from 'vitest';
import { createGate } from '../broker/contract-inbox.ts';
import type { NewMessage } from '../pattern.ts';
import { useBox } from './contract-box.ts';
import { BOX, type Engines } from './engine-harness.test-data.ts';

/** More than a queue may have that is not deep; and what a sandbox that is alone may have with an embedded broker. */
const MANY = 3_200;
const AHEAD = 64;
const FEW = 320;

const messages = (count: number): NewMessage[] =>
  Array.from({ length: count }, (_, n) => ({ consumer: 'work', body: `${n}` }));

/** What every store has to keep of fairness between sandboxes: in which order they are served, not how fast. */
export const fairContract = (title: string, engines: () => Promise<Engines>): void => {
  const start = useBox(engines);

  describe(`a sandbox beside one with ${MANY} messages queued, on ${title}`, () => {
    it('waits for few of those only, and they go on meanwhile, to the last one', { timeout: 120_000 }, async () => {
      const gate = createGate();
      const served: string[] = [];
      const box = await start(async (_message, ctx) => {
        served.push(ctx.sandbox.id);
        if (ctx.sandbox.id === BOX) await gate.pass();
      });
      const sendBeside = await box.beside('quiet');
      for (let sent = 0; sent < MANY; sent += 400) await box.send(...messages(400));
      await gate.begun;
      await sendBeside(...messages(FEW));
      gate.open();
      await box.settled();
      const last = served.lastIndexOf('quiet');
      const between = served.slice(0, last).filter((id) => id === BOX).length - AHEAD;
      expect(between).toBeLessThanOrEqual(FEW / 8);
      expect(between).toBeGreaterThanOrEqual(FEW / 32);
      expect(served).toHaveLength(MANY + FEW);
      expect(box.logged).toEqual([]);
    });
  });
};
