import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSql } from '../sql/open.ts';
import type { Sql, Tx } from '../sql/port.ts';
import { testStore } from '../sql/store.test-data.ts';
import { createTogether, type Together } from './together.ts';

const SANDBOX = 7;

describe('transactions of one sandbox that wait at the same time', () => {
  let sql: Sql;
  let together: Together;
  /** The bodies of each transaction that was committed. */
  const committed: number[] = [];
  beforeAll(async () => {
    sql = await openSql(await testStore(), [
      { id: 'note-1', statements: ['create table note (id bigint primary key, body text not null)'] },
    ]);
  });
  afterAll(() => sql.close());
  beforeEach(async () => {
    await sql.transaction((tx) => tx.query('delete from note'));
    committed.splice(0);
    const counting: Pick<Sql, 'transaction'> = {
      transaction: async (body, lanes) => {
        const result = await sql.transaction(body, lanes);
        committed.push(Array.isArray(result) ? result.length : 1);
        return result;
      },
    };
    together = createTogether({ ...sql, ...counting }, (tx, body) => body(tx));
  });
  const put = async (tx: Tx, id: number): Promise<number> => {
    await tx.query('insert into note (id, body) values ($1, $2)', [id, 'x']);
    return id;
  };
  const ids = async (): Promise<number[]> =>
    (await sql.query<{ id: number }>('select id from note order by id')).map(({ id }) => id);

  it('are one, and each is answered with what is its own', async () => {
    const asked = [1, 2, 3, 4].map((id) => together.transaction((tx) => put(tx, id), SANDBOX));
    expect(await Promise.all(asked)).toEqual([1, 2, 3, 4]);
    expect(committed).toEqual([4]);
    expect(await ids()).toEqual([1, 2, 3, 4]);
  });

  it('are none of their neighbours’ business: what one that fails has written is gone, and nothing else', async () => {
    const failing = together.transaction(async (tx) => {
      await put(tx, 2);
      throw new Error('No');
    }, SANDBOX);
    const asked = [1, 3].map((id) => together.transaction((tx) => put(tx, id), SANDBOX));
    await expect(failing).rejects.toThrow('No');
    expect(await Promise.all(asked)).toEqual([1, 3]);
    expect(await ids()).toEqual([1, 3]);
  });

  it('are by themselves for a while after one has failed, and then together again', async () => {
    const fails = (): Promise<unknown> => together.transaction(() => Promise.reject(new Error('No')), SANDBOX);
    await Promise.allSettled([fails(), fails()]);
    committed.splice(0);
    await Promise.all(Array.from({ length: 40 }, (_, id) => together.transaction((tx) => put(tx, id), SANDBOX)));
    expect(committed.filter((bodies) => bodies === 1)).toHaveLength(32);
    expect(committed.filter((bodies) => bodies === 8)).toHaveLength(1);
    expect(await ids()).toHaveLength(40);
  });

  it('are not one where they are of different sandboxes', async () => {
    await Promise.all([1, 2].map((id) => together.transaction((tx) => put(tx, id), id)));
    expect(committed).toEqual([1, 1]);
  });

  it('are all told where there is no store any more', async () => {
    const other = await openSql(await testStore(), []);
    await other.close();
    const gone = createTogether(other, (tx, body) => body(tx));
    const settled = await Promise.allSettled([1, 2].map((id) => gone.transaction((tx) => put(tx, id), SANDBOX)));
    expect(settled).toMatchObject([{ reason: { trouble: 'closed' } }, { reason: { trouble: 'closed' } }]);
  });
});
