import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../sandbox/conformance/check.ts';
import { evidenceOf, outcomeOf, type Step } from '../../../sandbox/conformance/evidence-of.ts';
import type { Profile } from '../../../sandbox/conformance/profile.ts';
import { parseRequirements } from '../../../sandbox/conformance/requirement.ts';
import { checks } from '../checks.ts';

const patient = (more: object = {}) => ({
  resourceType: 'Patient',
  id: '1',
  meta: { versionId: '2' },
  gender: 'female',
  ...more,
});
const bundle = (...resources: readonly object[]) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({ resource })),
});
const dropped = { how: 'dropped', detail: 'socket hang up' } as const;
const changed = { birthDate: '1980-01-03' };
const precondition = outcomeOf('PRECONDITION_FAILED');
const mismatch = outcomeOf('RESOURCE_VERSION_MISMATCH');

type Steps = Readonly<Record<string, Step>>;
type Case = readonly [
  check: string,
  dialect: string,
  what: string,
  steps: Steps,
  verdict: Verdict,
  message?: string,
  profile?: Partial<Profile>,
];

const F = 'fhir-r4';
const P = 'pds';
const cases: readonly Case[] = [
  [
    'rrs-01-same-connection',
    F,
    'every request is answered',
    { read: {}, other: { status: 404 }, third: { status: 503 } },
    'pass',
  ],
  [
    'rrs-01-same-connection',
    F,
    'a dropped connection',
    { read: { broken: dropped } },
    'fail',
    'dropped: socket hang up',
  ],
  ['rrs-01-same-connection', F, 'a promise', { read: { status: 202 } }, 'fail', '→ 202'],
  ['rrs-01-same-connection', F, 'a redirect', { read: { status: 307 } }, 'fail', '→ 307'],
  ['rrs-01-same-connection', F, 'no request at all', {}, 'skip', 'no request was sent'],
  ['rrs-01-booking', F, 'booked at once', { book: { status: 201 } }, 'pass'],
  ['rrs-01-booking', F, 'only promised', { book: { status: 202 } }, 'fail', 'only a promise'],
  ['rrs-01-booking', F, 'no slot in the profile', {}, 'skip', 'not reached'],
  ['rrs-02-resource', F, 'the patient', { read: { body: patient() } }, 'pass'],
  ['rrs-02-resource', F, 'an error', { read: { status: 503 } }, 'fail', '→ 503'],
  [
    'rrs-02-resource',
    F,
    'something else',
    { read: { body: { resourceType: 'Bundle' } } },
    'fail',
    'The body is Bundle',
  ],
  ['rrs-02-etag', F, 'the weak form of the version', { read: { headers: { etag: 'W/"2"' }, body: patient() } }, 'pass'],
  [
    'rrs-02-etag',
    F,
    'a strong one',
    { read: { headers: { etag: '"2"' }, body: patient() } },
    'fail',
    'ETag is "2"; meta.versionId makes it W/"2"',
  ],
  [
    'rrs-02-etag',
    P,
    'an older one',
    { read: { headers: { etag: 'W/"1"' }, body: patient() } },
    'fail',
    'ETag is W/"1"',
  ],
  ['rrs-02-etag', P, 'none', { read: { body: patient() } }, 'fail', 'ETag is missing'],
  ['rrs-02-etag', P, 'no read', { read: { status: 500 } }, 'skip', 'answered 500'],
  ['rrs-04-missing', F, 'not required', { 'update-without-precondition': {} }, 'omit', 'FHIR R4 leaves to it'],
  [
    'rrs-04-missing',
    F,
    'required and refused',
    { 'update-without-precondition': { status: 400 }, 'after-unconditional': { body: patient() } },
    'pass',
  ],
  ['rrs-04-missing', F, 'refused in another way', { 'update-without-precondition': { status: 403 } }, 'fail', '→ 403'],
  [
    'rrs-04-missing',
    F,
    'refused but done',
    {
      'update-without-precondition': { status: 400 },
      'after-unconditional': { body: patient({ birthDate: '1980-01-01' }) },
    },
    'fail',
    'changed all the same',
  ],
  ['rrs-04-current', F, 'accepted', { 'update-current': {} }, 'pass'],
  ['rrs-04-current', F, 'refused', { 'update-current': { status: 412 } }, 'fail', '→ 412'],
  [
    'rrs-04-stale',
    F,
    'refused without effect',
    { 'update-current': {}, 'update-stale': { status: 412 }, 'after-stale': { body: patient() } },
    'pass',
  ],
  [
    'rrs-04-stale',
    F,
    'let through',
    { 'update-current': {}, 'update-stale': {}, 'after-stale': { body: patient(changed) } },
    'fail',
    '→ 200',
  ],
  [
    'rrs-04-stale',
    F,
    'refused with the status of another version of FHIR',
    { 'update-current': {}, 'update-stale': { status: 409 }, 'after-stale': { body: patient() } },
    'fail',
    '→ 409',
  ],
  [
    'rrs-04-stale',
    F,
    'refused but done',
    { 'update-current': {}, 'update-stale': { status: 412 }, 'after-stale': { body: patient(changed) } },
    'fail',
    'birthDate is now "1980-01-03"',
  ],
  [
    'rrs-04-pds-missing',
    P,
    'refused',
    {
      read: { body: patient() },
      'patch-without-precondition': { status: 412, body: precondition },
      'after-stale': { body: patient() },
    },
    'pass',
  ],
  [
    'rrs-04-pds-missing',
    P,
    'refused as plain FHIR would',
    {
      read: { body: patient() },
      'patch-without-precondition': { status: 400, body: precondition },
      'after-stale': { body: patient() },
    },
    'fail',
    '→ 400: PRECONDITION_FAILED',
  ],
  ['rrs-04-pds-current', P, 'accepted', { 'patch-current': {} }, 'pass'],
  [
    'rrs-04-pds-current',
    P,
    'refused',
    { 'patch-current': { status: 409, body: mismatch } },
    'fail',
    'RESOURCE_VERSION_MISMATCH',
  ],
  [
    'rrs-04-pds-stale',
    P,
    'refused without effect',
    {
      'patch-current': { body: patient() },
      'patch-stale': { status: 409, body: mismatch },
      'after-stale': { body: patient() },
    },
    'pass',
  ],
  [
    'rrs-04-pds-stale',
    P,
    'refused as plain FHIR would',
    {
      'patch-current': { body: patient() },
      'patch-stale': { status: 412, body: mismatch },
      'after-stale': { body: patient() },
    },
    'fail',
    '→ 412',
  ],
  [
    'rrs-04-pds-stale',
    P,
    'refused but done',
    {
      'patch-current': { body: patient() },
      'patch-stale': { status: 409, body: mismatch },
      'after-stale': { body: patient({ meta: { versionId: '3' } }) },
    },
    'fail',
    'from 2 to 3',
  ],
  [
    'rrs-08-atomic',
    F,
    'refused whole',
    { 'patch-broken': { status: 422 }, 'after-broken': { body: patient() } },
    'pass',
  ],
  [
    'rrs-08-atomic',
    F,
    'applied in part',
    { 'patch-broken': { status: 422 }, 'after-broken': { body: patient({ gender: 'male' }) } },
    'fail',
    'changed all the same',
  ],
  [
    'rrs-08-atomic',
    F,
    'a test that nobody looks at',
    { 'patch-broken': {}, 'after-broken': { body: patient() } },
    'fail',
    'answered 200',
  ],
  [
    'rrs-08-atomic',
    F,
    'no JSON Patch at all',
    { 'patch-broken': { status: 405 } },
    'omit',
    'does not offer JSON Patch',
  ],
  [
    'rrs-08-pds-test-first',
    P,
    'refused whole',
    { read: { body: patient() }, 'patch-broken': { status: 400 }, 'after-broken': { body: patient() } },
    'pass',
  ],
  [
    'rrs-08-pds-test-first',
    P,
    'applied',
    { read: { body: patient() }, 'patch-broken': {}, 'after-broken': { body: patient({ gender: 'male' }) } },
    'fail',
    '→ 200',
  ],
  [
    'rrs-08-pds-test-first',
    P,
    'applied in part',
    {
      read: { body: patient() },
      'patch-broken': { status: 400 },
      'after-broken': { body: patient({ gender: 'male' }) },
    },
    'fail',
    'gender differs',
  ],
  ['rrs-05-unknown', F, '404', { 'read-unknown': { status: 404 } }, 'pass'],
  ['rrs-05-unknown', F, '200', { 'read-unknown': {} }, 'fail', '→ 200'],
  [
    'rrs-05-malformed',
    P,
    '400 with its own code',
    {
      'read-unknown': { status: 404, body: outcomeOf('RESOURCE_NOT_FOUND') },
      'read-malformed': { status: 400, body: outcomeOf('INVALID_RESOURCE_ID') },
    },
    'pass',
  ],
  ['rrs-05-malformed', P, 'taken as unknown', { 'read-malformed': { status: 404 } }, 'fail', '→ 404'],
  [
    'rrs-05-malformed',
    P,
    'the same code',
    { 'read-unknown': { status: 404, body: outcomeOf('X') }, 'read-malformed': { status: 400, body: outcomeOf('X') } },
    'fail',
    'Both say X',
  ],
  ['rrs-09-empty', F, 'an empty searchset', { 'search-miss': { body: bundle() } }, 'pass'],
  ['rrs-09-empty', F, 'an empty searchset with a remark', { 'search-miss': { body: bundle(outcomeOf()) } }, 'pass'],
  ['rrs-09-empty', F, '404', { 'search-miss': { status: 404 } }, 'fail', '→ 404'],
  ['rrs-09-empty', F, 'everybody', { 'search-miss': { body: bundle(patient()) } }, 'fail', 'It found 1'],
  ['rrs-09-empty', F, 'no Bundle', { 'search-miss': { body: patient() } }, 'fail', 'not a Bundle'],
  ['rrs-09-found', F, 'found', { 'search-hit': { body: bundle(patient()) } }, 'pass'],
  ['rrs-09-found', F, 'not found', { 'search-hit': { body: bundle() } }, 'fail', 'with no match'],
  ['rrs-09-found', F, 'refused', { 'search-hit': { status: 400 } }, 'fail', '→ 400'],
  ['rrs-12-in-time', F, 'fast', { read: { milliseconds: 5 } }, 'pass'],
  [
    'rrs-12-in-time',
    F,
    'slow',
    { read: { milliseconds: 6000 }, other: { milliseconds: 9000 } },
    'fail',
    '2 of 2 took longer than 5000 ms; the slowest 9000 ms',
  ],
  [
    'rrs-12-in-time',
    F,
    'fast enough for what was declared',
    { read: { milliseconds: 6000 } },
    'pass',
    '',
    { limit: 10_000 },
  ],
  [
    'rrs-13-second-instance',
    F,
    'the same',
    { read: { body: patient() }, 'second-instance': { body: JSON.stringify(patient(), null, 2) } },
    'pass',
  ],
  [
    'rrs-13-second-instance',
    F,
    'another version',
    { read: { body: patient() }, 'second-instance': { body: patient({ meta: { versionId: '1' } }) } },
    'fail',
    'the bodies differ',
  ],
  ['rrs-13-second-instance', F, 'no second instance', { read: { body: patient() } }, 'skip', 'not reached'],
];

describe('the checks of synchronous request/response', () => {
  it.for(cases)('%s in %s: %s', ([id, dialect, , steps, verdict, message = '', profile = {}]) => {
    const judgement = checks.find((one) => one.id === id)?.judge(evidenceOf(dialect, steps, profile));
    expect(judgement).toMatchObject({ verdict });
    expect(JSON.stringify(judgement)).toContain(JSON.stringify(message).slice(1, -1));
  });

  it('are each shown to pass and to fail', () => {
    const shown = (verdict: Verdict) => new Set(cases.filter((one) => one[4] === verdict).map(([id]) => id));
    expect(checks.map(({ id }) => id).filter((id) => !shown('pass').has(id) || !shown('fail').has(id))).toEqual([]);
  });

  it('stand behind the thirteen requirements, each of which has a check or a reason', async () => {
    const file = new URL('../requirements.yaml', import.meta.url);
    const requirements = parseRequirements(await readFile(file, 'utf8'), 'requirements.yaml');
    expect(requirements.map(({ id }) => id)).toEqual(
      Array.from({ length: 13 }, (_, index) => `RRS-${String(index + 1).padStart(2, '0')}`),
    );
    const checked = new Set(checks.flatMap((check) => check.requirements));
    expect([...checked].filter((id) => !requirements.some((one) => one.id === id))).toEqual([]);
    expect(requirements.filter((one) => (one.notTested === undefined) !== checked.has(one.id))).toEqual([]);
  });

  it('hold nothing against plain FHIR that only PDS asks for', () => {
    const strict = checks.filter((check) => /412 PRECONDITION|409|\{patches/.test(check.title + check.failure));
    expect(strict.length).toBeGreaterThan(0);
    expect(strict.every((check) => check.dialects?.join() === 'pds')).toBe(true);
  });
});
