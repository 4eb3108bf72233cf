import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readsTarget, type Verdict } from '../../sandbox/conformance/check.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { isCut, judgedBetween } from './between-run.ts';
import { drivenPattern, patterns, type Serving } from './broken-run.ts';

const checksIn = ({ requirements }: Report) => requirements.flatMap(({ checks }) => checks);
const having = (report: Report, ...verdicts: readonly Verdict[]): ReadonlyMap<string, string> =>
  new Map(
    checksIn(report)
      .filter(({ verdict }) => verdicts.includes(verdict))
      .map(({ check, message }) => [check, message]),
  );

const documented = await readFile(new URL('../../docs/what-it-does.md', import.meta.url), 'utf8');
/** What the documentation says is judged where somebody is driven, and not by the same traffic that merely passes. */
const toldIn = (pattern: string, dialect: string): readonly string[] => {
  const row = documented.split('\n').find((line) => line.startsWith(`| \`${pattern}\` | \`${dialect}\` |`));
  return [...(row?.split('|')[3] ?? '').matchAll(/`([a-z0-9-]+)`/g)].map(([, check = '']) => check);
};
/** What was too long for a report to show whole says nothing here, and does to a proxy. */
const notBetween = (run: Report, report: Report): readonly string[] => {
  const cut = new Set(run.exchanges.flatMap(({ step, reply }) => (isCut(reply?.body) ? [step] : [])));
  const seen = having(report, 'pass');
  return checksIn(run)
    .filter(
      ({ verdict, check, steps }) => verdict === 'pass' && !seen.has(check) && !steps.some((step) => cut.has(step)),
    )
    .map(({ check }) => check)
    .sort();
};

/** What waits for a step of which nobody said why it was not taken. */
const notReached = (report: Report): readonly string[] =>
  [...having(report, 'skip').values()].filter((why) => why.includes('was not reached'));

const driven = await Promise.all((await patterns()).map(async (id) => ({ id, ...(await drivenPattern(id)) })));
const checks = new Map(driven.flatMap(({ conformance }) => conformance.checks).map((check) => [check.id, check]));
const sound = new Map<string, Promise<Report>>();

describe.concurrent.each(driven)('who answers in $id', ({ id, dialects, broken, conformance, serve }) => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve();
  });
  afterAll(() => serving.close());
  /** Driven once for all that is asked of it. */
  const soundIn = (dialect: string): Promise<Report> => {
    const report = sound.get(`${id} ${dialect}`) ?? serving.drive(dialect);
    sound.set(`${id} ${dialect}`, report);
    return report;
  };

  it.concurrent.each(dialects)('fails nothing in %s when it is our own sandbox', async (dialect) => {
    const report = await soundIn(dialect);
    expect(having(report, 'fail', 'error')).toEqual(new Map());
    // Nor is anything asked that no check looks at, or that is looked for at a step that nobody takes.
    expect(
      report.requirements.flatMap(({ id: asked, why = '' }) => (why.startsWith('no check') ? [asked] : [])),
    ).toEqual([]);
    expect(notReached(report)).toEqual([]);
  });

  it.concurrent.each(dialects)(
    'fails nothing in %s where the same had merely passed between two systems',
    async (dialect) => {
      const run = await soundIn(dialect);
      const report = await judgedBetween(conformance, run);
      expect(having(report, 'fail', 'error')).toEqual(new Map());
      expect([...toldIn(id, dialect)].sort()).toEqual(notBetween(run, report));
    },
  );

  it.concurrent.each(dialects)(
    'is told in %s why it is not looked at where nothing may be written',
    async (dialect) => {
      const readOnly = { what: 'may not be written to', dialects, profile: { consentToWrite: false }, fails: {} };
      const report = await serving.drive(dialect, readOnly);
      expect(having(report, 'fail', 'error')).toEqual(new Map());
      expect(notReached(report)).toEqual([]);
    },
  );

  const rows = broken.flatMap((one) => one.dialects.map((dialect) => ({ dialect, one, what: one.what })));
  it.concurrent.each(rows)('is named in $dialect where it $what', async ({ dialect, one }) => {
    const report = await serving.drive(dialect, one);
    const found = having(report, 'fail', 'error');
    const wanted = Object.entries(one.fails).map(([check, words]) => [check, expect.stringContaining(words)] as const);
    expect(found).toEqual(new Map(wanted));
    for (const [check, message] of found) expect(message).toContain(checks.get(check)?.failure);
    const passed = [...having(report, 'pass').keys()];
    expect(passed).toEqual(expect.arrayContaining([...(one.passes ?? [])]));
  });

  it.concurrent.each(dialects)('can fail each check that it passes in %s', async (dialect) => {
    const here = broken.filter((one) => one.dialects.includes(dialect));
    const failed = here.flatMap(({ fails }) => Object.keys(fails));
    const passed = [...having(await soundIn(dialect), 'pass').keys(), ...here.flatMap(({ passes = [] }) => passes)];
    expect(passed.filter((check) => !failed.includes(check))).toEqual([]);
  });
});

it('every check that drives a target passes for one who is sound, and fails for one who is broken', async () => {
  const passed = new Set(driven.flatMap(({ broken }) => broken.flatMap(({ passes = [] }) => passes)));
  for (const report of await Promise.all(sound.values()))
    for (const check of having(report, 'pass').keys()) passed.add(check);
  const all = [...checks.values()].filter(readsTarget).map((check) => check.id);
  expect(all.filter((check) => !passed.has(check))).toEqual([]);
});
