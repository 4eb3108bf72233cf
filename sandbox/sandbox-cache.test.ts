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
  it('is given again without a query as long as nothing was committed', async () => {
    const load = createSandboxCache(sql);
    expect(await load('s')).toBe(await load('s'));
    expect(await load('none')).toBeUndefined();
  });

  it('is loaded again after any commit, of this process or of another connection to the store', async () => {
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
