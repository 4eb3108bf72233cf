import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../sandbox/conformance/report.ts';
import { openSql } from '../../sandbox/sql/open.ts';
import type { Sql } from '../../sandbox/sql/port.ts';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { conformanceMigrations } from './migrations.ts';

const DAY = 24 * 60 * 60_000;
let sql: Sql;
let now = Date.UTC(2026, 10, 22);
let jobs: Jobs;
beforeAll(async () => {
  sql = await openSql(await testStore(), conformanceMigrations);
  jobs = createJobs(sql, () => now);
});
afterAll(async () => {
  await jobs.close();
  await sql.close();
});

const neverEnds = (signal: AbortSignal): Promise<Report> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

it('keeps a run for a day and forgets it when a later one starts, so that reports do not pile up', async () => {
  const first = await jobs.start(neverEnds);
  expect(await jobs.read(first?.id ?? '')).toMatchObject({ state: 'running' });
  now += DAY / 2;
  await jobs.start(neverEnds);
  expect(await jobs.read(first?.id ?? '')).toMatchObject({ state: 'failed' });
  now += DAY;
  await jobs.start(neverEnds);
  expect(await jobs.read(first?.id ?? '')).toBeUndefined();
});
