import { describe, expect, it } from 'vitest';
import { createGate } from '../broker/contract-inbox.ts';
import { useBox } from './contract-box.ts';
import { type Engines, START } from './engine-harness.test-data.ts';
import { wrap } from './envelope.ts';
import { MESSAGE_COLUMNS, type MessageRow } from './rows.ts';

const HOUR = 3_600_000;

/** What is written once, and what is done once where much is done together. */
export const onceContract = (title: string, engines: () => Promise<Engines>): void => {
  const start = useBox(engines);

  describe(`messages that are handled together, on ${title}`, () => {
    it('have one effect each, those that were delivered twice included', async () => {
      const gate = createGate();
      let deliveries = 0;
      const all = Promise.withResolvers<void>();
      const box = await start(async ({ id }, ctx) => {
        deliveries += 1;
        if (deliveries === 24) all.resolve();
        await gate.pass();
        await ctx.transaction((tx) =>
          tx.query(
            `insert into counter (name, value) values ($1, 1)
             on conflict (name) do update set value = counter.value + 1`,
            [`effect ${id}`],
          ),
        );
      });
      await box.send(...Array.from({ length: 16 }, (_, n) => ({ consumer: 'work', body: `${n}` })));
      await gate.begun;
      // As a broker does that was not told in time, in the middle of the others.
      const rows = await box.host.sql.query<MessageRow>(`select ${MESSAGE_COLUMNS} from message order by seq`);
      for (const row of rows.slice(4, 12)) await box.broker.send(row.queue, wrap(row));
      await all.promise;
      gate.open();
      await box.settled();
      const effects = await box.host.sql.query(`select value from counter where name >= 'effect' and name < 'effecu'`);
      expect(effects).toEqual(Array.from({ length: 16 }, () => ({ value: 1 })));
      expect((await box.rows()).map(({ state }) => state)).toEqual(Array.from({ length: 16 }, () => 'done'));
      const { items } = await box.exchanges();
      expect(items.filter(({ summary = '' }) => summary.startsWith('RECEIVE'))).toHaveLength(16);
      expect(box.logged).toEqual([]);
    });
  });

  describe(`the body of a message, on ${title}`, () => {
    it('is kept once, and the journal shows it wherever it names the message', async () => {
      const box = await start(async () => undefined);
      await box.send({
        consumer: 'work',
        headers: { authorization: 'Bearer secret-12345678' },
        body: 'not that: häagen',
      });
      await box.send({ consumer: 'work', body: 'once, häagen' });
      await box.settled();
      const { items } = await box.exchanges();
      const bodies = items.filter(({ kind }) => kind === 'message').map(({ request }) => request?.body);
      expect(bodies.toSorted()).toEqual(['not that: häagen', 'not that: häagen', 'once, häagen', 'once, häagen']);
      expect(await box.host.sql.query('select id from exchange where request_body is not null')).toEqual([]);
      expect(await box.host.sql.query('select id from message where length(body) > 0')).toEqual([]);
    });

    it('is delivered, and shown, where a store has it from before', async () => {
      const got: string[] = [];
      const box = await start(async ({ body }) => {
        got.push(Buffer.from(body).toString());
      });
      await box.send({ consumer: 'work', body: 'from before', notBefore: START + HOUR });
      await box.host.sql.transaction(async (tx) => {
        await tx.query('update message set body = (select b.body from message_body b where b.id = message.id)');
        await tx.query('delete from message_body');
      });
      await box.advance(HOUR);
      await box.settled();
      expect(got).toEqual(['from before']);
      const { items } = await box.exchanges();
      const bodies = items.filter(({ kind }) => kind === 'message').map(({ request }) => request?.body);
      expect(bodies).toEqual(['from before', 'from before']);
    });
  });
};
