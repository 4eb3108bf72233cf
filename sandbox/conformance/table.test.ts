import { expect, it } from 'vitest';
import type { CheckResult, RequirementResult } from './judge.ts';
import type { Report } from './report.ts';
import { table } from './table.ts';

const check = (more: Partial<CheckResult>): CheckResult => ({
  check: 'tst-01-one',
  title: 'An answer comes',
  level: 'SHALL',
  verdict: 'pass',
  message: '',
  steps: [],
  ...more,
});
const requirement = (more: Partial<RequirementResult>): RequirementResult => ({
  id: 'TST-01',
  level: 'SHALL',
  role: 'responder',
  statement: 'Answers.',
  source: 'nobody',
  verdict: 'pass',
  checks: [check({})],
  ...more,
});
const report: Report = {
  tool: 'fingerpost 0',
  pattern: 'p',
  dialect: 'd',
  target: 'http://target.test',
  role: 'responder',
  startedAt: '2026-11-22T00:00:00.000Z',
  milliseconds: 1_234,
  counts: { pass: 1, fail: 1, error: 0, skip: 1, omit: 1, waived: 0 },
  index: { percent: 57, weight: 4, of: 7, means: 'how much was judged.' },
  score: { percent: 75, weight: 3, of: 4, means: 'how much passed.' },
  waivers: [],
  exitCode: 1,
  minLevel: 'SHOULD',
  requirements: [
    requirement({}),
    requirement({
      id: 'TST-02',
      level: 'SHOULD',
      verdict: 'fail',
      checks: [
        check({}),
        check({ title: 'It greets', verdict: 'fail', message: 'It says no hello. It says bye.', steps: ['greet'] }),
      ],
    }),
    requirement({
      id: 'TST-03',
      verdict: 'skip',
      statement: 'Keeps what it was given, whatever that was, and gives it back when it is asked for.',
      checks: [
        check({
          title: 'It keeps',
          verdict: 'skip',
          message: 'not observed: nothing is written without consent (profile: consentToWrite)',
        }),
      ],
    }),
    requirement({ id: 'TST-04', verdict: 'omit', checks: [], why: 'It binds the initiator.' }),
  ],
  exchanges: [
    {
      step: 'greet',
      request: { method: 'GET', url: 'http://target.test/greet', headers: {} },
      reply: { status: 200, headers: {}, body: 'bye' },
      milliseconds: 1,
    },
  ],
  notice: 'Not assurance.',
};

it('says under each requirement what was looked at, then what was found, then the exchanges', () => {
  expect(table(report, { colour: false, width: 72 }).split('\n')).toEqual([
    'p, dialect d, as responder: http://target.test',
    '',
    'pass   TST-01  SHALL   Answers.',
    'FAIL   TST-02  SHOULD  Answers.',
    '       > pass: An answer comes',
    '       > fail: It greets',
    '         It says no hello. It says bye.',
    '         GET http://target.test/greet → 200',
    'skip   TST-03  SHALL   Keeps what it was given, whatever that was, and',
    '                       gives it back when it is asked for.',
    '       > not observed: It keeps',
    '         Nothing is written without consent (profile: consentToWrite)',
    'omit   TST-04  SHALL   Answers.',
    '       > It binds the initiator.',
    '',
    'FAILED: 1 passed, 1 failed, 0 broken, 0 waived, 1 not observed, 1 not applicable (1.2 s).',
    'Index 57 %: how much was judged.',
    'Score 75 %: how much passed.',
    'Not assurance.',
    '',
  ]);
});

it('repeats what a refusal said, for there often stands what is to be mended', () => {
  const bodies = [
    { resourceType: 'OperationOutcome', issue: [{ details: { text: 'No' }, diagnostics: 'Nobody is known as X' }] },
    { resourceType: 'OperationOutcome', issue: [{ details: { text: 'Not here' } }] },
    { type: 'about:blank', title: 'Bad request', detail: 'The body has no name' },
    { errors: 'the eventType is not one of ours' },
    { errorEvent: 'SEND', errorCode: '12', errorDescription: 'There is no such mailbox' },
  ];
  const said = bodies.map((body) => {
    const [greet] = report.exchanges;
    const reply = { status: 422, headers: {}, body: JSON.stringify(body) };
    const exchanges = greet === undefined ? [] : [{ ...greet, reply }];
    return /→ 422\n {11}“(.*)”\n/.exec(table({ ...report, exchanges }, { colour: false, width: 72 }))?.[1];
  });
  expect(said).toEqual([
    'Nobody is known as X',
    'Not here',
    'The body has no name',
    'the eventType is not one of ours',
    'There is no such mailbox',
  ]);
});

it('has the word beside the colour', () => {
  expect(table(report, { colour: true, width: 72 })).toContain('\u001B[31mFAIL \u001B[0m  TST-02');
});
