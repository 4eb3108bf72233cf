import { expect, it } from 'vitest';
import { actOutcome } from './act-outcome.ts';

const fhir = { 'content-type': 'application/fhir+json; charset=utf-8' };

it.each<[name: string, result: unknown, exchanges: number, text: string, bad: boolean]>([
  ['a success', { outcome: 'answered', status: 200, headers: fhir }, 1, 'Done: answered 200', false],
  ['two exchanges', { outcome: 'answered', status: 200, headers: fhir }, 2, 'Done: answered 200, 2 exchanges', false],
  ['a success without a body', { outcome: 'answered', status: 204, headers: {} }, 1, 'Done: answered 204', false],
  [
    'HTML with 200',
    { outcome: 'answered', status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } },
    1,
    'Not understood: answered 200 with text/html, not FHIR',
    true,
  ],
  ['a conflict', { outcome: 'answered', status: 412, headers: fhir }, 1, 'Refused: answered 412', true],
  [
    'a refusal that says why',
    { state: 'refused', status: 422, because: 'Take another pattern' },
    1,
    'Refused: answered 422. Take another pattern',
    true,
  ],
  ['an error', { outcome: 'answered', status: 500, headers: fhir }, 1, 'Failed: answered 500', true],
  [
    'a busy provider',
    { outcome: 'unknown', status: 503, headers: fhir, resendAfter: '2026-11-22T10:00:05.000Z' },
    1,
    'Answered 503, so the outcome is unknown; to be sent again from 10:00:05 UTC on the sandbox clock',
    true,
  ],
  [
    'silence',
    { outcome: 'unknown', because: 'the connection was closed' },
    1,
    'No answer, so the outcome is unknown: the connection was closed',
    true,
  ],
  ['what is no answer', { sent: [], waiting: [] }, 0, 'Done', false],
  ['nothing', null, 1, 'Done: one exchange', false],
])('an act that came to %s', (_, result, exchanges, text, bad) => {
  expect(actOutcome(result, exchanges)).toEqual({ text, bad });
});
