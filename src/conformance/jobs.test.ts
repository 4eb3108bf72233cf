import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBell } from '../../sandbox/bell.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { openSql } from '../../sandbox/sql/open.ts';
import type { Sql } from '../../sandbox/sql/port.ts';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import { jobEvents } from './job-events.ts';
import { createJobs, type JobRun, type Jobs } from './jobs.ts';
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

const about = { pattern: 'p', dialect: 'd', target: 'http://target.test' };
const start = (of: Jobs, run: (run: JobRun) => Promise<Report>, within = 60_000) => of.start(about, within, run);
const neverEnds = ({ signal }: JobRun): Promise<Report> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

it('keeps a run for a day and forgets it when a later one starts, so that reports do not pile up', async () => {
  const first = await start(jobs, neverEnds);
  expect(await jobs.read(first?.id ?? '')).toMatchObject({ state: 'running' });
  now += DAY / 2;
  await start(jobs, neverEnds);
  expect(await jobs.read(first?.id ?? '')).toMatchObject({ state: 'failed' });
  now += DAY;
  await start(jobs, neverEnds);
  expect(await jobs.read(first?.id ?? '')).toBeUndefined();
});

const at = (percent: number) => ({ percent, requests: percent, step: `step-${percent}` });
const textOf = async (events: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const event of events) text += event;
  return text;
};

it('says how far it is, in its row and as events, and ends the events with how it ended', async () => {
  const other = createJobs(sql, () => now);
  const bell = createBell();
  const job = await start(other, async ({ progress, signal }) => {
    progress(at(10));
    await bell.wait(10_000);
    progress(at(60));
    return neverEnds({ signal, progress });
  });
  const id = job?.id ?? '';
  const events = textOf(jobEvents(other, id, new AbortController().signal));
  expect(await other.read(id)).toMatchObject({ ...about, state: 'running', progress: { percent: 10 } });
  bell.ring();
  const woken = createBell();
  const stop = other.watch(id, woken.ring);
  await woken.wait(10_000);
  expect(await other.read(id)).toMatchObject({ progress: { percent: 60 } });
  stop();
  expect(await other.cancel(id)).toMatchObject({ state: 'cancelled', progress: { percent: 60 } });
  expect(await events).toMatch(
    /event: progress\ndata: \{"percent":60,.*\n\nevent: ended\ndata: .*"state":"cancelled"\}\n\n$/,
  );
  await other.close();
});

it('can be cancelled on another node than the one that runs it', async () => {
  const [runs, asks] = [createJobs(sql, () => now), createJobs(sql, () => now)];
  const id = (await start(runs, neverEnds))?.id ?? '';
  const events = textOf(jobEvents(asks, id, new AbortController().signal));
  expect(await asks.cancel(id)).toMatchObject({ state: 'running' });
  expect(await events).toContain('"state":"cancelled"');
  await runs.close();
});

it('ends after its time, and says so', async () => {
  const id = (await start(jobs, neverEnds, 20))?.id ?? '';
  const events = await textOf(jobEvents(jobs, id, new AbortController().signal));
  expect(events).toContain('"error":"it took longer than 0 seconds"');
});

it('that its process took with it is said to have been interrupted once it is silent', async () => {
  await sql.transaction((tx) =>
    tx.query("insert into conformance_job (id, state, deadline_real) values ('lost', 'running', $1)", [now + 15_000]),
  );
  expect(await jobs.read('lost')).toEqual({ id: 'lost', state: 'running' });
  now += 15_001;
  expect(await jobs.read('lost')).toMatchObject({ state: 'failed', error: expect.stringContaining('interrupted') });
});
