import { describe, expect, it } from 'vitest';
import type { Verdict } from './check.ts';
import { evidenceOf, outcomeOf, type Step } from './evidence-of.ts';
import { sharedChecks } from './shared-checks.ts';

const ids = { 'x-request-id': 'r1', 'x-correlation-id': 'c1' };
const fhir = { 'content-type': 'application/fhir+json; charset=utf-8' };

type Case = readonly [
  check: string,
  dialect: string,
  what: string,
  steps: Readonly<Record<string, Step>>,
  verdict: Verdict,
  message?: string,
];

const cases: readonly Case[] = [
  ['com-03-request-id', 'pds', 'the id comes back', { read: { sent: ids, headers: ids } }, 'pass'],
  [
    'com-03-request-id',
    'pds',
    'a refusal lacks it',
    { read: { sent: ids, headers: ids }, other: { sent: ids, status: 404 } },
    'fail',
    'other: sent x-request-id r1, got none.',
  ],
  ['com-03-request-id', 'pds', 'none was sent', { read: {} }, 'skip', 'no X-Request-ID was sent'],
  ['com-03-correlation-id', 'pds', 'the id comes back', { read: { sent: ids, headers: ids } }, 'pass'],
  [
    'com-03-correlation-id',
    'pds',
    'another comes back',
    { read: { sent: ids, headers: { ...ids, 'x-correlation-id': 'c2' } } },
    'fail',
    'sent x-correlation-id c1, got c2',
  ],
  [
    'com-03-fhir-ids',
    'fhir-r4',
    'the client’s id is kept',
    { read: { sent: ids, headers: { 'x-request-id': 'r1' } } },
    'pass',
  ],
  [
    'com-03-fhir-ids',
    'fhir-r4',
    'the server’s own id stands beside it',
    { read: { sent: ids, headers: { 'x-request-id': 's9', 'x-correlation-id': 'r1' } } },
    'pass',
  ],
  [
    'com-03-fhir-ids',
    'fhir-r4',
    'the client’s id is lost',
    { read: { sent: ids, headers: { 'x-request-id': 's9' } } },
    'fail',
    'sent x-request-id r1, got s9',
  ],
  [
    'com-03-fhir-ids',
    'fhir-r4',
    'a plain server assigns none',
    { read: { sent: ids } },
    'skip',
    'which plain FHIR allows',
  ],
  [
    'com-04-outcome',
    'fhir-r4',
    'an outcome without coding is enough for plain FHIR',
    { read: { status: 404, body: outcomeOf() } },
    'pass',
  ],
  [
    'com-04-outcome',
    'pds',
    'the NHS dialects want a coding',
    { read: { status: 404, body: outcomeOf() } },
    'fail',
    'read: 404 without details.coding',
  ],
  ['com-04-outcome', 'pds', 'an outcome with coding', { read: { status: 404, body: outcomeOf('X') } }, 'pass'],
  [
    'com-04-outcome',
    'fhir-r4',
    'HTML',
    { read: { status: 500, body: '<h1>Oops</h1>' } },
    'fail',
    'a body that is not JSON',
  ],
  [
    'com-04-outcome',
    'fhir-r4',
    'another resource',
    { read: { status: 404, body: { resourceType: 'Patient' } } },
    'fail',
    '404 with Patient',
  ],
  [
    'com-04-outcome',
    'fhir-r4',
    'no issue',
    { read: { status: 404, body: { resourceType: 'OperationOutcome', issue: [] } } },
    'fail',
    'without any issue',
  ],
  [
    'com-04-outcome',
    'fhir-r4',
    'an issue without code',
    { read: { status: 404, body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error' }] } } },
    'fail',
    'issue[0] without severity or code',
  ],
  ['com-04-outcome', 'fhir-r4', 'nothing was refused', { read: {} }, 'skip', 'nothing was refused'],
  ['com-05-content-type', 'fhir-r4', 'the FHIR type', { read: { headers: fhir, body: {} } }, 'pass'],
  [
    'com-05-content-type',
    'fhir-r4',
    'HTML',
    { read: { headers: { 'content-type': 'text/html' }, body: {} } },
    'fail',
    'read: text/html',
  ],
  [
    'com-05-content-type',
    'mns',
    'plain JSON where that alone was asked for',
    {
      publish: { sent: { accept: 'application/json' }, headers: { 'content-type': 'application/json' }, body: {} },
      list: { headers: fhir, body: {} },
    },
    'pass',
  ],
  ['com-05-content-type', 'fhir-r4', 'no type', { read: { body: {} } }, 'fail', 'read: none'],
  ['com-05-not-acceptable', 'fhir-r4', '406', { 'not-acceptable': { status: 406 } }, 'pass'],
  ['com-05-not-acceptable', 'fhir-r4', '200', { 'not-acceptable': {} }, 'fail', '200 instead of 406'],
  ['com-05-unsupported-body', 'fhir-r4', '415', { 'unsupported-body': { status: 415 } }, 'pass'],
  ['com-05-unsupported-body', 'fhir-r4', '201', { 'unsupported-body': { status: 201 } }, 'fail', '201 instead of 415'],
  [
    'com-06-check-digit',
    'pds',
    'refused with its code',
    { 'read-malformed': { status: 400, body: outcomeOf('INVALID_RESOURCE_ID') } },
    'pass',
  ],
  [
    'com-06-check-digit',
    'pds',
    'taken as unknown',
    { 'read-malformed': { status: 404, body: outcomeOf('RESOURCE_NOT_FOUND') } },
    'fail',
    '404 with RESOURCE_NOT_FOUND',
  ],
  [
    'com-09-tokens',
    'pds',
    'refused in both ways',
    {
      'without-token': { status: 401 },
      'bad-token': { status: 401, body: outcomeOf('A') },
      'without-right': { status: 403, body: outcomeOf('B') },
    },
    'pass',
  ],
  [
    'com-09-tokens',
    'pds',
    'open to everybody',
    { 'without-token': {}, 'bad-token': { status: 401 } },
    'fail',
    'without-token: 200 instead of 401',
  ],
  [
    'com-09-tokens',
    'pds',
    'a right that nobody checks',
    { 'without-token': { status: 401 }, 'bad-token': { status: 401 }, 'without-right': {} },
    'fail',
    'without-right: 200 instead of 403',
  ],
  ['com-09-tokens', 'pds', 'no credentials in the profile', {}, 'skip', 'not reached'],
  [
    'com-11-metadata',
    'fhir-r4',
    'stated',
    {
      metadata: {
        body: {
          resourceType: 'CapabilityStatement',
          rest: [{ resource: [{ type: 'Patient', interaction: [{ code: 'read' }] }] }],
        },
      },
    },
    'pass',
  ],
  [
    'com-11-metadata',
    'fhir-r4',
    'nothing stated',
    { metadata: { body: { resourceType: 'CapabilityStatement', rest: [{ resource: [{ type: 'Patient' }] }] } } },
    'fail',
    'states no interaction',
  ],
  ['com-11-metadata', 'fhir-r4', 'not there', { metadata: { status: 404 } }, 'fail', '/metadata: 404'],
];

describe('the checks that every pattern shares', () => {
  it.for(cases)('%s in %s, %s', ([id, dialect, , steps, verdict, message = '']) => {
    const check = sharedChecks.find((one) => one.id === id);
    const judgement = check?.judge(evidenceOf(dialect, steps));
    expect(judgement).toMatchObject({ verdict });
    expect(JSON.stringify(judgement)).toContain(JSON.stringify(message).slice(1, -1));
  });

  it('are each shown to pass and to fail', () => {
    const shown = (verdict: Verdict) => new Set(cases.filter((one) => one[4] === verdict).map(([id]) => id));
    const all = sharedChecks.map(({ id }) => id);
    expect(all.filter((id) => !shown('pass').has(id))).toEqual([]);
    expect(all.filter((id) => !shown('fail').has(id))).toEqual([]);
  });
});
