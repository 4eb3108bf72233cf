import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThings, type ThingsService } from './http/things-service.ts';
import type { ExchangeStart } from './journal.ts';
import { Recording } from './recording.ts';
import { exchangeOf } from './sandbox-row.test-data.ts';

let things: ThingsService;
beforeAll(async () => {
  things = await startThings();
});
afterAll(() => things.close());

let made = 0;
const begin = async () => {
  made += 1;
  const id = `rec${made}`;
  await things.create(id);
  const start: ExchangeStart = {
    id: `exchange-${made}`,
    sandbox: id,
    serial: made,
    kind: 'http',
    at: 1,
    atReal: 1,
    from: 'asker',
    to: 'answerer',
    claimed: false,
  };
  return { id, sql: things.host.sql, recording: new Recording(things.host.journal, () => start) };
};

describe('the request half of an exchange', () => {
  it('is written with the first effect and not again with the next', async () => {
    const { id, sql, recording } = await begin();
    expect(recording.begun).toBe(false);
    expect(await recording.transaction(sql, async () => 'first')).toBe('first');
    expect(recording.begun).toBe(true);
    expect(await recording.transaction(sql, async () => 'second')).toBe('second');
    expect(await things.exchanges(id)).toMatchObject([{ id: `exchange-${made}`, from: 'asker' }]);
  });

  it('goes when its effect is rolled back, and comes with the next one', async () => {
    const { id, sql, recording } = await begin();
    const failing = recording.transaction(sql, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(recording.begun).toBe(false);
    expect(await things.exchanges(id)).toEqual([]);
    await recording.transaction(sql, async () => undefined);
    expect(await things.exchanges(id)).toHaveLength(1);
  });

  it('is written with the other half where the end is known, unless an earlier exchange still waits', async () => {
    const { id, sql, recording } = await begin();
    recording.endsWith(() => ({ milliseconds: 1, summary: 'whole' }));
    await recording.transaction(sql, async () => undefined);
    expect(recording.whole).toBe(true);
    expect(await things.exchanges(id)).toMatchObject([{ seq: 1, cursor: '1', summary: 'whole', milliseconds: 1 }]);

    const { host } = things;
    const start = (name: string): ExchangeStart => ({ ...exchangeOf({ id, serial: made }, 1), id: name });
    host.journal.record(start('earlier'), { milliseconds: 1 });
    const later = new Recording(host.journal, () => start('later'));
    later.endsWith(() => ({ milliseconds: 1 }));
    await later.transaction(sql, async () => undefined);
    expect(later.whole).toBe(false);
    host.journal.finish(start('later'), { milliseconds: 2 });
    expect((await things.exchanges(id)).map((one) => one.id).slice(1)).toEqual(['earlier', 'later']);
  });

  it('is written with the end that its effect gives, and counts once it has ended so', async () => {
    const { id, sql, recording } = await begin();
    const ends = (value: string) => ({ milliseconds: 1, summary: value });
    expect(recording.conclude()).toBe(false);
    const failing = recording.transaction(sql, async () => Promise.reject(new Error('no')), ends);
    await expect(failing).rejects.toThrow('no');
    expect(recording.conclude()).toBe(false);
    await recording.transaction(sql, async () => 'made', ends);
    expect(await things.exchanges(id)).toMatchObject([{ seq: 1, cursor: '1', summary: 'made' }]);
    expect(recording.conclude()).toBe(true);
    await recording.transaction(sql, async () => 'more', ends);
    expect((await things.exchanges(id)).map(({ summary }) => summary)).toEqual(['made']);
    const [extent] = await sql.query<{ exchanges: number }>('select exchanges from journal_extent where serial = $1', [
      made,
    ]);
    expect(extent?.exchanges).toBe(1);
  });

  it('is finished like any other where it does not end as its effect said', async () => {
    const { id, sql, recording } = await begin();
    await recording.transaction(
      sql,
      async () => 'made',
      () => undefined,
    );
    expect([recording.begun, recording.conclude()]).toEqual([true, false]);
    expect(await things.exchanges(id)).toMatchObject([{ id: `exchange-${made}` }]);
  });

  it('has no end where the transaction fails that it was known for', async () => {
    const { id, sql, recording } = await begin();
    recording.endsWith(() => ({ milliseconds: 1, summary: 'accepted' }));
    const failing = recording.transaction(sql, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await recording.transaction(sql, async () => undefined);
    expect(recording.whole).toBe(false);
    expect((await things.exchanges(id)).map(({ summary }) => summary)).toEqual([undefined]);
  });

  it('is written once where several effects begin together, the first of which fails', async () => {
    const { id, sql, recording } = await begin();
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((number) =>
        recording.transaction(sql, async () => {
          if (number === 1) throw new Error('no');
          return number;
        }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(await things.exchanges(id)).toHaveLength(1);
  });

  it('takes along a number that the effect may use, once and in the same transaction', async () => {
    const { id, sql, recording } = await begin();
    const [exchange, spare, again] = await recording.transaction(sql, async (tx) => {
      const [row] = await tx.query<{ seq: number }>('select seq from exchange where id = $1', [`exchange-${made}`]);
      return [row?.seq, recording.takeSpare(tx), recording.takeSpare(tx)];
    });
    expect([spare, again]).toEqual([Number(exchange) + 1, undefined]);
    const [sandbox] = await sql.query<{ seq: number }>('select seq from sandbox where id = $1', [id]);
    expect(sandbox?.seq).toBe(spare);
  });

  it('gives no number of a transaction that was rolled back to the next one', async () => {
    const { sql, recording } = await begin();
    const failing = recording.transaction(sql, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const other = sql.transaction(async (tx) => recording.takeSpare(tx));
    expect(await other).toBeUndefined();
    expect(await recording.transaction(sql, async (tx) => recording.takeSpare(tx))).toBe(2);
  });
});
