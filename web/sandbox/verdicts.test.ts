import { expect, it } from 'vitest';
import type { Report, RequirementResult, Verdict } from '../data/report-types.ts';
import { exchangeName, judged, notApplying, said, summaryOf } from './verdicts.ts';

const requirement = (id: string, verdict: Verdict): RequirementResult => ({
  id,
  verdict,
  level: 'SHALL',
  statement: 's',
  source: 'x',
  checks: [],
});
const report = (counts: Partial<Report['counts']>, ...requirements: readonly RequirementResult[]): Report => ({
  pattern: 'p',
  dialect: 'd',
  target: 'http://target.test',
  exitCode: 1,
  index: { percent: 50, means: 'half' },
  score: { means: 'none' },
  startedAt: '2026-11-27T00:00:00Z',
  counts: { pass: 0, fail: 0, error: 0, skip: 0, omit: 0, waived: 0, ...counts },
  requirements,
  exchanges: [],
  notice: '',
});

it('has failures first, then what was not seen, and what does not apply apart', () => {
  const all = report(
    {},
    requirement('A', 'pass'),
    requirement('B', 'omit'),
    requirement('C', 'skip'),
    requirement('D', 'fail'),
    requirement('E', 'error'),
  );
  expect(judged(all).map(({ id }) => id)).toEqual(['D', 'E', 'C', 'A']);
  expect(notApplying(all).map(({ id }) => id)).toEqual(['B']);
});

it('counts what there is, and no noughts', () => {
  expect(summaryOf(report({ pass: 2, skip: 3, omit: 9 }))).toBe('3 not observed, 2 passed');
  expect(summaryOf(report({ omit: 9 }))).toBe('nothing applies');
});

it('says beneath the tag what was not seen and what to do, as a sentence', () => {
  const check = {
    check: 'x',
    title: 't',
    verdict: 'skip',
    steps: [],
    message: 'not observed: none came. Send.',
  } as const;
  expect(said(check)).toBe('None came. Send.');
});

it('calls an exchange by what was asked, without the sandbox’s own address', () => {
  const url = 'http://127.0.0.1:8080/sandboxes/abc/provider/FHIR/R4/Patient?family=O%E2%80%99Brien';
  const exchanges = [
    { step: 'a', request: { method: 'GET', url }, reply: { status: 200 } },
    { step: 'b', request: { method: 'POST', url: 'http://h/sandboxes/abc/hub/events' } },
    { step: 'c', request: { method: 'SEND', url: 'queue:push.deliver' } },
  ];
  expect(['a', 'b', 'c', 'd'].map((id) => exchangeName(exchanges, id))).toEqual([
    'GET /Patient?family=O’Brien → 200',
    'POST /hub/events → no reply',
    'SEND push.deliver → no reply',
    'Exchange',
  ]);
});
