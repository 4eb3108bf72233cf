import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandboxCache } from './sandbox-cache.ts';
import { coreMigrations } from './schema.ts';
import { openSql } from './sql/open.ts';
import type { Sql } from './sql/port.ts';

const directory = mkdtempSync(join(tmpdir(), 'fingerpost-cache-'));
const url = `sqlite:${join(directory, 'store.db')}`;

let sql: Sql;
let other: Sql;
beforeAll(async () => {
  sql = await openSql(url, coreMigrations);
  other = await openSql(url, coreMigrations);
  await sql.transaction(async (tx) => {
    await tx.query(
      `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, created_real, expires_real, seq,
         clock_base, clock_anchor_real, clock_speed) values ('s', 'p', 'd', 'none', 1, 1, 1, 0, 1, 0, 0, 0, 1)`,
    );
    await tx.query(
      "insert into participant (sandbox, name, position, mode, credential) values ('s', 'a', 0, 'stopped', 'c')",
    );
  });
});
afterAll(async () => {
  await Promise.all([sql.close(), other.close()]);
  rmSync(directory, { recursive: true });
});

const switchBy = (store: Sql, mode: string) =>
  store.transaction((tx) => tx.query("update participant set mode = $1 where sandbox = 's'", [mode]));

describe('a sandbox that was loaded before', () => {
  it('is given again without a query as long as nothing that it says was changed, whatever else is written', async () => {
    const load = createSandboxCache(sql);
    const before = await load('s');
    await sql.transaction(async (tx) => {
      await tx.query("update sandbox set seq = seq + $1 where id = 's' and serial = 1 returning seq", [1]);
      await tx.query("insert into counter (name, value) values ('x', 1)");
    });
    expect(await load('s')).toBe(before);
    expect(await load('none')).toBeUndefined();
  });

  it.each([
    ["update sandbox set expires_real = 2 where id = 's'"],
    ["update sandbox set seq = 7, clock_speed = 2 where id = 's'"],
    [
      `insert into fault (serial, position, id, participant, probability, effect, seen) values (1, 0, 'f', 'a', 1, '{}', 0)`,
    ],
    ['delete from fault'],
    ["insert into mllp_port (port, sandbox, participant) values (1, 's', 'a')"],
  ])('is loaded again after %s', async (statement) => {
    const load = createSandboxCache(sql);
    const before = await load('s');
    await sql.transaction((tx) => tx.query(statement));
    expect(await load('s')).not.toBe(before);
  });

  it('is loaded again after a change by this process or by another connection to the store', async () => {
    const load = createSandboxCache(sql);
    for (const [store, mode] of [
      [sql, 'external'],
      [other, 'simulated'],
      [sql, 'stopped'],
    ] as const) {
      const before = await load('s');
      await switchBy(store, mode);
      expect(await load('s')).not.toBe(before);
      expect((await load('s'))?.participants[0]?.mode).toBe(mode);
    }
  });

  it('is loaded for every request where the store cannot say whether something changed', async () => {
    const load = createSandboxCache({ query: sql.query, transaction: sql.transaction, close: sql.close });
    expect(await load('s')).not.toBe(await load('s'));
  });
});
