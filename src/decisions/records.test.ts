import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../sandbox/problem.ts';
import { coreMigrations } from '../../sandbox/schema.ts';
import { openSql } from '../../sandbox/sql/open.ts';
import type { Sql } from '../../sandbox/sql/port.ts';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import { decide } from './decide.ts';
import type { Decision, DecisionRequest } from './decision.ts';
import { decisionMigrations } from './migrations.ts';
import { createDecisions, type Decisions } from './records.ts';
import { request, twoQuestions } from './test/two-questions.ts';

let folder: string;
let sql: Sql;
let decisions: Decisions;
const url = (): Promise<string> => testStore(join(folder, 'decisions.db'));
const open = async (): Promise<Sql> => openSql(await url(), [...coreMigrations, ...decisionMigrations]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fingerpost-decisions-'));
  sql = await open();
  decisions = createDecisions({ sql, guide: twoQuestions, now: () => Date.UTC(2026, 10, 22) });
});
afterAll(async () => {
  await sql.close();
  await rm(folder, { recursive: true });
});

const refusal = async (sent: DecisionRequest): Promise<{ status: number; faults: readonly (string | undefined)[] }> => {
  try {
    await decisions.record(sent);
  } catch (error) {
    if (error instanceof ProblemError)
      return { status: error.problem.status, faults: error.faults.map((fault) => `${fault.at} ${fault.detail}`) };
    throw error;
  }
  throw new Error('it was recorded');
};

describe('recording', () => {
  it('keeps answers, reasons, route, outcome, warnings, options and edition, and reads them back', async () => {
    const recorded = await decisions.record(
      request({
        context: { batch: true },
        reasons: { A: ' Because we looked. ' },
        decidedBy: 'The board',
        solution: 'S',
      }),
    );
    expect(recorded).toMatchObject({
      status: 'accepted',
      recordedAt: '2026-11-22T00:00:00.000Z',
      answers: { A: 'yes' },
      reasons: { A: 'Because we looked.' },
      route: [{ question: 'A', answer: 'yes' }],
      outcome: { pattern: 'left' },
      warnings: [{ id: 'batch' }],
      options: [{ pattern: 'left' }, { pattern: 'right' }],
      edition: { title: 'A [small] book' },
    });
    expect(await decisions.read(recorded.id)).toEqual(recorded);
    expect(await decisions.read('nobody')).toBeUndefined();
  });

  it('makes the body a pure function of what was sent, in whatever order it was sent', () => {
    const sent = request({
      answers: { A: 'no', B: 'no' },
      reasons: { A: 'a', B: 'b' },
      context: { batch: true, humanStep: false },
    });
    const turned = {
      ...request({
        answers: { B: 'no', A: 'no' },
        reasons: { B: 'b', A: 'a' },
        context: { humanStep: false, batch: true },
      }),
    };
    expect(JSON.stringify(decide(twoQuestions, turned))).toBe(JSON.stringify(decide(twoQuestions, sent)));
  });

  it.each([
    [
      'an unsure answer',
      request({ answers: { A: 'unsure' } }),
      ['/answers/A A is open: it is answered unsure, and a decision needs yes or no'],
    ],
    ['an open question', request({ answers: { A: 'no' } }), ['/answers/B B is open: it has no answer yet']],
    ['an answer off the route', request({ answers: { A: 'yes', B: 'no' } }), ['/answers/B B is off the route']],
    [
      'a reason for what was not asked',
      request({ reasons: { B: 'x' } }),
      ['/reasons/B this question is not on the route'],
    ],
    [
      'a reason for what objects inherit',
      request({ reasons: { toString: 'x' } }),
      ['/reasons/toString this question is not on the route'],
    ],
    ['a blank title', request({ title: ' ' }), ['/title a decision needs a title']],
    ['a NUL', request({ title: 'a\0' }), ['/title the text holds characters that cannot be stored']],
    [
      'half a surrogate pair',
      request({ reasons: { A: '\ud800' } }),
      ['/reasons/A the text holds characters that cannot be stored'],
    ],
    [
      'superseding the unknown',
      request({ supersedes: 'x' }),
      ['/supersedes there is no decision with this id to supersede'],
    ],
  ])('refuses %s and says where', async (_title, sent, faults) => {
    expect(await refusal(sent)).toEqual({ status: 400, faults });
  });
});

describe('superseding', () => {
  it('shows on both, once, and only the older one changes', async () => {
    const old = await decisions.record(request({ status: 'proposed' }));
    const young = await decisions.record(request({ supersedes: old.id }));
    expect(young).toMatchObject({ status: 'accepted', supersedes: old.id });
    expect(await decisions.read(old.id)).toEqual({ ...old, status: 'superseded', supersededBy: young.id });
    expect(await refusal(request({ supersedes: old.id }))).toEqual({
      status: 409,
      faults: [`/supersedes the decision is already superseded, by ${young.id}`],
    });
  });

  it('lets exactly one of two win that supersede the same decision at the same time', async () => {
    const old = await decisions.record(request());
    const both = await Promise.allSettled([1, 2].map(() => decisions.record(request({ supersedes: old.id }))));
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { items } = await decisions.list();
    expect(items.filter((one) => one.supersedes === old.id)).toHaveLength(1);
  });
});

describe('listing', () => {
  it('pages newest first, through everything once, also while more is recorded', async () => {
    const made: Decision[] = [];
    for (const index of Array(7).keys())
      made.push(await decisions.record(request({ title: `No ${index}`, solution: 'Paged' })));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await decisions.list({ solution: 'Paged', limit: 3, ...(after === undefined ? {} : { after }) });
      seen.push(...page.items.map((one) => one.title));
      after = page.next;
      if (after !== undefined) await decisions.record(request({ title: 'Later', solution: 'Paged' }));
    } while (after !== undefined);
    expect(seen).toEqual(made.map((one) => one.title).toReversed());
  });

  it('pages through all solutions without a gap or a repeat', async () => {
    const all = (await decisions.list({ limit: 1000 })).items.map((one) => one.id);
    const seen: string[] = [];
    for (
      let page = await decisions.list({ limit: 2 });
      ;
      page = await decisions.list({ limit: 2, after: page.next ?? '' })
    ) {
      seen.push(...page.items.map((one) => one.id));
      if (page.next === undefined) break;
    }
    expect(seen).toEqual(all);
  });

  it('keeps solutions apart', async () => {
    await decisions.record(request({ solution: 'Alone' }));
    const { items, next } = await decisions.list({ solution: 'Alone', limit: 1 });
    expect([items.length, next]).toEqual([1, undefined]);
    expect((await decisions.list({ solution: 'None' })).items).toEqual([]);
  });

  it.each(['x', '-1', '1.5', '99999999999999999999'])('refuses the cursor %s', async (after) => {
    await expect(decisions.list({ after })).rejects.toThrow(/not a cursor/);
  });

  it('holds after the store was closed and opened again', async () => {
    const before = await decisions.list();
    await sql.close();
    sql = await open();
    decisions = createDecisions({ sql, guide: twoQuestions });
    expect(await decisions.list()).toEqual(before);
  });
});
