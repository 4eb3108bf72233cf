import { describe, expect, it } from 'vitest';
import type { Verdict } from './check.ts';
import type { RequirementResult } from './judge.ts';
import { junit } from './junit.ts';
import { makeReport, type ReportInput } from './report.ts';
import type { Level, Role } from './requirement.ts';
import { table } from './table.ts';
import { checkWaivers, waiversIn } from './waivers.ts';

const result = (id: string, level: Level, verdicts: readonly Verdict[], role: Role = 'both'): RequirementResult => ({
  id,
  level,
  role,
  statement: 'A rule.',
  source: 'a test',
  verdict: verdicts.find((one) => one === 'fail') ?? verdicts.find((one) => one !== 'omit') ?? 'omit',
  checks: verdicts.map((verdict, index) => ({
    check: `${id.toLowerCase()}-${index}`,
    title: 'It keeps the rule',
    level,
    verdict,
    message: verdict === 'fail' ? 'It did not.' : '',
    steps: [],
  })),
});

const reportOf = (results: readonly RequirementResult[], more: Partial<ReportInput> = {}) =>
  makeReport({
    pattern: 'p',
    dialect: 'd',
    target: 'http://target.test',
    role: 'responder',
    startedAt: new Date(0),
    milliseconds: 1,
    tool: 'fingerpost 0',
    minLevel: 'SHOULD',
    results,
    exchanges: [],
    ...more,
  });

const RESULTS = [
  result('TST-01', 'SHALL', ['pass', 'skip']),
  result('TST-02', 'SHALL', ['fail', 'pass']),
  result('TST-03', 'SHOULD', ['pass']),
  result('TST-04', 'SHALL', ['skip']),
  result('TST-05', 'SHALL', ['omit']),
  result('TST-06', 'SHALL', [], 'initiator'),
  result('TST-07', 'SHOULD', [], 'responder'),
];

describe('the two numbers', () => {
  it('are how much of what is asked of the judged side could be judged, and how much of that passed', () => {
    const { index, score } = reportOf(RESULTS);
    // Asked: 01, 02, 04 (3 each), 03, 07 (1 each). Judged: half of 01, all of 02 and 03. Passed: half of 01, and 03.
    expect([index.weight, index.of, index.percent]).toEqual([5.5, 11, 50]);
    expect([score.weight, score.of, score.percent]).toEqual([2.5, 5.5, 45]);
    expect(index.means).toContain('of the 5 requirements asked of a responder here');
  });

  it('leave out what is a SHOULD where only SHALL counts', () => {
    const { index, score } = reportOf(RESULTS, { minLevel: 'SHALL' });
    expect([index.weight, index.of, score.weight, score.of]).toEqual([4.5, 9, 1.5, 4.5]);
  });

  it('have no score where nothing was judged, which is exit code 4 and no failure of the index', () => {
    const { index, score, exitCode } = reportOf([result('TST-01', 'SHALL', ['skip'])], { minIndex: 50 });
    expect([index.percent, score.percent, exitCode]).toEqual([0, undefined, 4]);
  });

  it('fail a run whose index is below what is asked, and only that', () => {
    const passing = [result('TST-01', 'SHALL', ['pass']), result('TST-02', 'SHALL', ['skip'])];
    expect(reportOf(passing, { minIndex: 50 }).exitCode).toBe(0);
    const report = reportOf(passing, { minIndex: 51 });
    expect(report.exitCode).toBe(1);
    const shown = table(report, { colour: false, width: 100 });
    expect(shown).toContain('Index 50 %: of the 2 requirements');
    expect(shown).toContain('That is below the 51 % that are asked for.');
  });

  it('stand in JUnit as properties, with what they mean', () => {
    const xml = junit(reportOf(RESULTS, { minIndex: 10 }));
    expect(xml).toContain('<property name="index" value="50"/>');
    expect(xml).toContain('<property name="score" value="45"/>');
    expect(xml).toMatch(/name="score.means" value="2.5 of 5.5: of what was judged/);
    expect(xml).toContain('<property name="minIndex" value="10"/>');
  });
});

const KNOWN = {
  requirements: RESULTS.map(({ id, level, role, statement, source }) => ({ id, level, role, statement, source })),
  checks: [],
};
const TODAY = new Date('2026-11-28T12:00:00Z');
const waivers = checkWaivers(
  waiversIn('waivers:\n- {requirement: TST-02, reason: release 7 mends it., expires: 2026-11-28}'),
  KNOWN,
  TODAY,
);

describe('a waiver', () => {
  it('is not looked for under another name, where it would waive nothing and say so to nobody', () => {
    expect(() => waiversIn('waivres: []')).toThrow('waivres: unknown there; known is waivers');
  });

  it('lets a failure stand without making it a pass, wherever that is shown', () => {
    const report = reportOf(RESULTS, { waivers });
    const [, second] = report.requirements;
    expect([report.exitCode, second?.verdict, second?.waived?.reason]).toEqual([0, 'fail', 'release 7 mends it.']);
    expect(report.counts).toMatchObject({ pass: 2, fail: 0, waived: 1 });
    expect(report.score.percent).toBe(45);
    const shown = table(report, { colour: false, width: 100 });
    expect(shown).toContain('waive  TST-02');
    expect(shown).toContain('fail, waived until 2026-11-28 (release 7 mends it.): It keeps the rule');
    expect(shown).toContain('2 passed, 0 failed, 0 broken, 1 waived');
    const xml = junit(report);
    expect(xml).toContain('failures="0" errors="0" skipped="4"');
    expect(xml).toContain('<skipped message="Waived until 2026-11-28: release 7 mends it. It failed: It did not."/>');
  });

  it('covers nothing else, and a check that broke is not waived', () => {
    expect(reportOf([...RESULTS, result('TST-08', 'SHALL', ['fail'])], { waivers }).exitCode).toBe(1);
    expect(reportOf([result('TST-02', 'SHALL', ['error'])], { waivers }).exitCode).toBe(1);
  });

  it('that nothing failed of is said to be idle', () => {
    const report = reportOf([result('TST-02', 'SHALL', ['pass'])], { waivers });
    expect(report.waivers).toMatchObject([{ requirement: 'TST-02', covers: 0 }]);
    expect(table(report, { colour: false, width: 100 })).toContain('Nothing failed of what is waived for TST-02.');
  });

  it.each([
    ['has expired', { requirement: 'TST-02', reason: 'r', expires: '2026-11-27' }, 'TST-02 expired on 2026-11-27'],
    [
      'names nothing that is there',
      { check: 'tst-99', reason: 'r', expires: '2027-01-01' },
      'there is no check tst-99',
    ],
    ['has no reason', { requirement: 'TST-02', expires: '2027-01-01' }, 'waivers[0].reason is missing'],
    ['has no day', { requirement: 'TST-02', reason: 'r', expires: '2026-02-30' }, 'expires is not a day'],
    ['names two things', { requirement: 'TST-02', check: 'x', reason: 'r', expires: '2027-01-01' }, 'either'],
    ['has a word too many', { requirement: 'TST-02', reason: 'r', expires: '2027-01-01', by: 'me' }, 'by is unknown'],
  ])('is refused where it %s', (_what, waiver, message) => {
    expect(() => checkWaivers([waiver], KNOWN, TODAY)).toThrow(message);
  });
});
