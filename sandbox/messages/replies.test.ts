import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWithSandbox } from '../sandbox-row.test-data.ts';
import { coreMigrations } from '../schema.ts';
import { openSql } from '../sql/open.ts';
import type { Sql } from '../sql/port.ts';
import { testStore } from '../sql/store.test-data.ts';
import { type KeptReply, readReply, replyOnce, writeReply } from './replies.ts';

let sql: Sql;
beforeAll(async () => {
  sql = await openWithSandbox(await testStore(), 'box', 7, 0);
});
afterAll(() => sql.close());

const KEY = { serial: 7, participant: 'provider', sender: 'requester', id: 'one' };
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const reply = (text: string): KeptReply => ({ status: 202, headers: { etag: text }, body: bytes(text) });
/** What was accepted is in the store: a body that PostgreSQL has run again was run more than once, with one effect. */
const accepting = (id: string, message: string, text: string) =>
  replyOnce(
    (body) => sql.transaction(body),
    { ...KEY, id },
    bytes(message),
    async (tx) => {
      await tx.query('insert into counter (name, value) values ($1, 1)', [`accepted ${id} ${text}`]);
      return reply(text);
    },
  );

describe('a message that comes again', () => {
  it('gets the same bytes and is accepted once, even at the same moment', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((text) => accepting('one', 'message', text)));
    const accepted = await sql.query<{ name: string }>(
      "select name from counter where name >= 'accepted one' and name < 'accepted p'",
    );
    const [one = ''] = accepted.map(({ name }) => name.slice(-1));
    expect(accepted).toHaveLength(1);
    expect(answers).toMatchObject(Array(3).fill({ reply: reply(one) }));
    expect(answers.filter((answer) => 'replayed' in answer && !answer.replayed)).toHaveLength(1);
  });

  it('is a conflict where the id stands for another message', async () => {
    await accepting('two', 'message', 'a');
    expect(await accepting('two', 'other', 'b')).toEqual({ conflict: true });
  });

  it('is another message from another sender, to another participant and in another generation', async () => {
    await accepting('three', 'message', 'a');
    for (const change of [{ sender: 'x' }, { participant: 'x' }, { serial: 8 }]) {
      const answer = await replyOnce(
        (body) => sql.transaction(body),
        { ...KEY, id: 'three', ...change },
        bytes('m'),
        () => Promise.resolve(reply('b')),
      );
      expect(answer).toEqual({ reply: reply('b'), replayed: false });
    }
  });

  it('is new where its effect was rolled back', async () => {
    const broken = replyOnce(
      (body) => sql.transaction(body),
      { ...KEY, id: 'four' },
      bytes('m'),
      async () => {
        throw new Error('no room');
      },
    );
    await expect(broken).rejects.toThrow('no room');
    expect(await accepting('four', 'm', 'a')).toMatchObject({ replayed: false });
  });
});

it('is kept when a store of an earlier release is opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fingerpost-'));
  const url = await testStore(join(folder, 'store.db'));
  const before = await openSql(
    url,
    coreMigrations.filter(({ id }) => id !== 'kept-reply-2'),
  );
  await before.transaction((tx) => writeReply(tx, KEY, 'fingerprint', reply('kept')));
  await before.close();
  const after = await openSql(url, coreMigrations);
  expect(await readReply(after, KEY)).toEqual({ fingerprint: 'fingerprint', reply: reply('kept') });
  const again = after.transaction((tx) => writeReply(tx, KEY, 'fingerprint', reply('other')));
  await expect(again).rejects.toMatchObject({ trouble: 'constraint' });
  await after.close();
  rmSync(folder, { recursive: true });
});
