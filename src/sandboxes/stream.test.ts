import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJournal, type ExchangeStart, type Journal } from '../../sandbox/journal.ts';
import { coreMigrations } from '../../sandbox/schema.ts';
import { openSql } from '../../sandbox/sql/open.ts';
import type { Sql } from '../../sandbox/sql/port.ts';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import { createSignals } from './signals.ts';
import { type StreamOptions, streamEvents } from './stream.ts';
import { forgetSandbox } from './sweep.ts';

let sql: Sql;
let journal: Journal;
const signals = createSignals({});
beforeAll(async () => {
  sql = await openSql(await testStore(), coreMigrations);
  journal = createJournal({ sql });
});
afterAll(async () => {
  await journal.close();
  await sql.close();
});

const open = async (serial: number): Promise<string> => {
  const id = `sandbox-${serial}`;
  await sql.transaction((tx) =>
    tx.query(
      `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, created_real, expires_real, seq,
         clock_base, clock_anchor_real, clock_speed) values ($1, 'p', 'd', 'none', 1, 1, $2, 0, 9000, 0, 0, 0, 1)`,
      [id, serial],
    ),
  );
  return id;
};

const exchange = async (sandbox: string, serial: number, summary: string): Promise<void> => {
  const start: ExchangeStart = {
    id: randomUUID(),
    sandbox,
    serial,
    kind: 'control',
    at: 0,
    atReal: 0,
    from: 'a',
    to: 'b',
    claimed: false,
    summary,
  };
  journal.record(start, { milliseconds: 1 });
  await journal.flush();
};

const stream = (sandbox: string, more: Partial<StreamOptions> = {}) =>
  streamEvents({
    sql,
    journal,
    signals,
    sandbox,
    after: 0,
    signal: new AbortController().signal,
    now: () => 1,
    heartbeat: 60_000,
    ...more,
  });

interface Event {
  readonly event: string;
  readonly id: string | undefined;
  readonly summary: string | undefined;
  readonly generation: number | undefined;
}

/** The next event that is more than a comment or a setting. */
const any = async (events: AsyncGenerator<string>): Promise<Event | undefined> => {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) return undefined;
    const event = /^event: (.*)$/m.exec(value)?.[1];
    if (event === undefined) continue;
    const data: { summary?: string; generation?: number } = JSON.parse(/^data: (.*)$/m.exec(value)?.[1] ?? '{}');
    return { event, id: /^id: (.*)$/m.exec(value)?.[1], summary: data.summary, generation: data.generation };
  }
};

/** The next one after that with which every connection begins. */
const next = async (events: AsyncGenerator<string>): Promise<Event | undefined> => {
  const found = await any(events);
  return found?.event === 'generation' ? any(events) : found;
};

const reset = async (id: string, serial: number): Promise<void> => {
  await sql.transaction((tx) =>
    tx.query('update sandbox set serial = $2, generation = generation + 1 where id = $1', [id, serial]),
  );
  signals.wake(id);
};

describe('the stream of a sandbox', () => {
  it('gives what is there, then what comes, each with the cursor to resume at', async () => {
    const id = await open(1);
    await exchange(id, 1, 'first');
    const events = stream(id);
    const first = await next(events);
    expect(first).toMatchObject({ event: 'exchange', summary: 'first', id: expect.stringMatching(/^\d+$/) });
    const waiting = next(events);
    await exchange(id, 1, 'second');
    expect(await waiting).toMatchObject({ summary: 'second' });
    const resumed = stream(id, { after: Number(first?.id) });
    expect(await next(resumed)).toMatchObject({ summary: 'second' });
    await events.return(undefined);
    await resumed.return(undefined);
  });

  it('says that the journal was emptied when the sandbox is reset, and goes on', async () => {
    const id = await open(2);
    await exchange(id, 2, 'before');
    const events = stream(id);
    await next(events);
    const waiting = next(events);
    await reset(id, 22);
    expect(await waiting).toMatchObject({ event: 'reset', generation: 2 });
    const after = next(events);
    await exchange(id, 22, 'after');
    expect(await after).toMatchObject({ summary: 'after' });
    await events.return(undefined);
  });

  it('begins with the generation, which tells who comes back that there was a reset meanwhile', async () => {
    const id = await open(6);
    const before = stream(id);
    expect(await any(before)).toMatchObject({ event: 'generation', generation: 1 });
    await before.return(undefined);
    await reset(id, 66);
    const back = stream(id, { after: 9 });
    expect(await any(back)).toMatchObject({ event: 'generation', generation: 2 });
    await back.return(undefined);
  });

  it('ends when the sandbox is deleted', async () => {
    const id = await open(3);
    const events = stream(id);
    await any(events);
    const waiting = next(events);
    await sql.transaction((tx) => forgetSandbox(tx, id));
    signals.wake(id);
    expect(await waiting).toMatchObject({ event: 'gone' });
    expect(await next(events)).toBeUndefined();
  });

  it('ends when the sandbox has expired, at the latest with the next heartbeat', async () => {
    const id = await open(4);
    let now = 1;
    const events = stream(id, { now: () => now, heartbeat: 1 });
    expect((await events.next()).value).toBe('retry: 2000\n\n');
    expect((await events.next()).value).toContain('event: generation');
    expect((await events.next()).value).toBe(': still here\n\n');
    now = 9000;
    expect(await next(events)).toMatchObject({ event: 'gone' });
  });

  it('ends when its reader has gone, and stops watching', async () => {
    const id = await open(5);
    const gone = new AbortController();
    const events = stream(id, { signal: gone.signal });
    await any(events);
    const waiting = next(events);
    gone.abort();
    expect(await waiting).toBeUndefined();
    signals.wake(id);
  });
});
