import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StorePart } from '../../sandbox/pattern.ts';
import { coreMigrations } from '../../sandbox/schema.ts';
import { openSql } from '../../sandbox/sql/open.ts';
import type { Sql } from '../../sandbox/sql/port.ts';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import { doom, startSweeper, sweepTurn } from './sweep.ts';

const things: StorePart = {
  migrations: [
    {
      id: 'things-1',
      statements: ['create table thing (store bigint not null, n bigint not null, primary key (store, n))'],
    },
  ],
  copy: async () => {},
  sweep: async (tx, store, limit) =>
    (
      await tx.query(
        'delete from thing where store = $1 and n in (select n from thing where store = $1 order by n limit $2) returning n',
        [store, limit],
      )
    ).length,
};

let sql: Sql;
let now = 1_000;
const forgotten: string[] = [];
const options = {
  get sql() {
    return sql;
  },
  storesOf: async () => ({ parts: [things], participants: 2 }),
  forgotten: (id: string) => forgotten.push(id),
  now: () => now,
};
const count = async (table: string): Promise<number> =>
  (await sql.query<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n ?? -1;

const fill = (id: string, serial: number, expires: number, rows: number): Promise<void> =>
  sql.transaction(async (tx) => {
    await tx.query(
      `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, created_real, expires_real, seq,
         clock_base, clock_anchor_real, clock_speed) values ($1, 'p', 'd', 'none', 1, 1, $2, 0, $3, 0, 0, 0, 1)`,
      [id, serial, expires],
    );
    await tx.query(
      "insert into participant (sandbox, name, position, mode, credential) values ($1, 'a', 0, 'stopped', $1)",
      [id],
    );
    await tx.query(
      "insert into access_key (id, sandbox, hash, label, scope, created_real) values ($1, $1, $1, 'l', 'read', 0)",
      [id],
    );
    for (let n = 0; n < rows; n += 1) {
      await tx.query(
        `insert into exchange (serial, seq, cursor, id, kind, at, at_real, sender, receiver, claimed)
         values ($1, $2, $2, $3, 'http', 0, 0, 'a', 'b', 0)`,
        [serial, n, `e${n}`],
      );
      await tx.query(
        "insert into timer (serial, due, seq, participant, name, data) values ($1, $2, $2, 'a', 't', '')",
        [serial, n],
      );
      await tx.query(
        `insert into message (serial, id, seq, sandbox, queue, sender, receiver, headers, body, state, attempt, at, changed)
         values ($1, $2, $3, 's', 'p.c', 'a', 'b', '{}', $4, 'dead', 1, 0, 0)`,
        [serial, `m${n}`, n, new Uint8Array()],
      );
      await tx.query('insert into message_body (serial, id, body) values ($1, $2, $3)', [
        serial,
        `m${n}`,
        new Uint8Array(1),
      ]);
      await tx.query('insert into blob_chunk (serial, sha256, position, bytes) values ($1, $2, 0, $3)', [
        serial,
        `b${n % 30}-${n}`,
        new Uint8Array(1),
      ]);
      await tx.query('insert into thing (store, n) values ($1, $2)', [serial * 16 + (n % 2), n]);
    }
    await tx.query(
      "insert into fault (serial, position, id, participant, probability, effect, seen) values ($1, 1, 'f', 'a', 1, '{}', 0)",
      [serial],
    );
    await tx.query(
      `insert into kept_reply (serial, participant, sender, id, fingerprint, status, headers, body)
       values ($1, 'a', 'b', 'one', '', 202, '{}', $2)`,
      [serial, new Uint8Array()],
    );
    await tx.query('insert into journal_extent (serial, exchanges, bytes, dropped) values ($1, $2, 1, 0)', [
      serial,
      rows,
    ]);
    await tx.query("insert into scenario_progress (serial, scenario, played, results) values ($1, 's', 1, '[]')", [
      serial,
    ]);
  });

beforeAll(async () => {
  sql = await openSql(await testStore(), [...coreMigrations, ...things.migrations]);
});
afterAll(() => sql.close());

const TABLES = [
  'exchange',
  'timer',
  'fault',
  'scenario_progress',
  'thing',
  'message',
  'message_body',
  'blob_chunk',
  'kept_reply',
  'journal_extent',
];

describe('sweeping', () => {
  it('forgets what has expired at once, deletes what it held page by page, and touches nothing else', async () => {
    await fill('old', 1, 1_000, 700);
    await fill('young', 2, 1_001, 3);
    expect(await sweepTurn(options)).toBe(true);
    expect(forgotten).toEqual(['old']);
    expect((await sql.query<{ id: string }>('select id from sandbox')).map(({ id }) => id)).toEqual(['young']);
    expect([await count('participant'), await count('access_key')]).toEqual([1, 1]);
    expect(await count('exchange')).toBe(203);
    let turns = 1;
    while (await sweepTurn(options)) turns += 1;
    expect(turns).toBeGreaterThan(3);
    expect(await Promise.all(TABLES.map(count))).toEqual([3, 3, 1, 1, 3, 3, 3, 3, 1, 1]);
    expect(await count('doomed')).toBe(0);
  });

  it('goes on by itself until nothing is left, and closing waits for the turn', async () => {
    now = 2_000;
    const failures: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      const sweeper = startSweeper(
        {
          ...options,
          sql,
          storesOf: async () => {
            // Whoever looks for the stores of a serial for the last time empties it in this turn.
            if ((await count('thing')) === 0) resolve(sweeper.close());
            return { parts: [things], participants: 2 };
          },
          failed: (error) => failures.push(error),
        },
        10,
      );
    });
    await done;
    expect(failures).toEqual([]);
    expect(await count('sandbox')).toBe(0);
    expect(await Promise.all(TABLES.map(count))).toEqual(TABLES.map(() => 0));
  });

  it('leaves a serial whose pattern is gone without its rows in tables that nobody knows', async () => {
    await sql.transaction((tx) => doom(tx, { serial: 9, pattern: 'gone' }));
    const none = { ...options, sql, storesOf: async () => ({ parts: [], participants: 0 }) };
    expect(await sweepTurn(none)).toBe(true);
    expect(await sweepTurn(none)).toBe(false);
  });
});
