import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coreMigrations } from '../schema.ts';
import { openSql } from '../sql/open.ts';
import type { Sql } from '../sql/port.ts';
import { testStore } from '../sql/store.test-data.ts';
import { createNode } from './nodes.ts';

const NOW = Date.UTC(2026, 10, 22, 9);
const BEGAN = Math.round(performance.timeOrigin);

/** The number of a process that is no more. */
const endedPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
};

describe('what a node has sent', () => {
  let sql: Sql;
  beforeEach(async () => {
    sql = await openSql(await testStore(), coreMigrations);
  });
  afterEach(() => sql.close());

  const other = async (more: { host?: string; pid?: number; began?: number; until?: number }): Promise<void> => {
    const { host = 'elsewhere', pid = 1, began = NOW, until = NOW + 1 } = more;
    await sql.transaction((tx) =>
      tx.query('insert into node (id, host, pid, began_real, until_real) values ($1, $2, $3, $4, $5)', [
        'other',
        host,
        pid,
        began,
        until,
      ]),
    );
  };
  const sentBy = async (...nodes: readonly (string | null)[]): Promise<void> => {
    for (const [seq, node] of nodes.entries())
      await sql.transaction((tx) =>
        tx.query(
          `insert into message (serial, id, seq, sandbox, queue, sender, receiver, headers, body, state, attempt, at,
             changed, sent_real, sent_by) values (1, $1, $2, 's', 'p.c', 'a', 'b', '{}', $3, 'sent', 1, 0, 0, $4, $5)`,
          [`m${seq}`, seq, new Uint8Array(), NOW, node],
        ),
      );
  };
  const states = async (): Promise<string[]> =>
    (await sql.query<{ state: string }>('select state from message order by seq')).map(({ state }) => state);

  it.each<[string, () => Promise<Parameters<typeof other>[0]>]>([
    ['whose lease is over', async () => ({ until: NOW - 1 })],
    ['whose process has ended on this machine', async () => ({ host: hostname(), pid: await endedPid() })],
    ['that had the number of this process before it', async () => ({ host: hostname(), pid: process.pid })],
  ])('is ready again as soon as another one looks: one %s', async (_, how) => {
    await other(await how());
    const node = createNode(sql, () => NOW);
    await sentBy('other', node.id, null);
    expect(await node.beat()).toBe(1);
    expect(await states()).toEqual(['ready', 'sent', 'sent']);
    expect(await sql.query('select id from node')).toEqual([{ id: node.id }]);
  });

  it.each<[string, Parameters<typeof other>[0]]>([
    ['elsewhere', {}],
    ['on this machine', { host: hostname(), pid: process.ppid }],
    ['in this process', { host: hostname(), pid: process.pid, began: BEGAN }],
  ])('stays with it for as long as it lives %s', async (_, how) => {
    await other(how);
    await sentBy('other');
    expect(await createNode(sql, () => NOW).beat()).toBe(0);
    expect(await states()).toEqual(['sent']);
  });

  it('is ready again after it was closed, however much there is', async () => {
    const [one, two] = [createNode(sql, () => NOW), createNode(sql, () => NOW)];
    await one.beat();
    await sentBy(...Array.from({ length: 300 }, () => one.id));
    expect(await two.beat()).toBe(0);
    await Promise.all([one.close(), one.close()]);
    expect(await two.beat()).toBe(300);
  });
});
