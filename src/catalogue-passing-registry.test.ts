import { expect, it } from 'vitest';
import type { Seen } from '../sandbox/conformance/journal-evidence-of.ts';
import { verdictsOf } from './passing-verdicts.test-data.ts';

it('registry/repository: what may not be changed, what is not theirs, and one question asked in three ways', async () => {
  const ods = (code: string) => ({ 'nhsd-end-user-organisation-ods': code });
  const pointer = (more: object = {}) => ({
    resourceType: 'DocumentReference',
    id: 'Y05868-1',
    type: { coding: [{ code: '736253002' }] },
    subject: { identifier: { value: '9000000009' } },
    custodian: { identifier: { value: 'Y05868' } },
    ...more,
  });
  const other = { type: { coding: [{ code: '736373009' }] } };
  const place = '/DocumentReference/Y05868-1';
  const replaces = { relatesTo: [{ code: 'replaces', target: { identifier: { value: 'Y05868-1' } } }] };
  const asked = '/DocumentReference?subject:identifier=9000000009';
  const found = { entry: [{ resource: pointer() }] };
  const byPost: Seen = {
    method: 'POST',
    path: '/DocumentReference/_search',
    sent: { 'content-type': 'application/json' },
    body: { 'subject:identifier': '9000000009' },
    answer: found,
  };
  const made: Seen = { method: 'POST', path: '/DocumentReference', sent: ods('Y05868'), status: 201 };
  const { passed, failed } = await verdictsOf({
    pattern: 'registry-repository',
    dialect: 'nrl',
    from: 'repository',
    to: 'registry',
    exchanges: {
      before: byPost,
      byGet: { path: asked, answer: { entry: [] } },
      count: { path: `${asked}&_summary=count`, answer: { total: 2 } },
      after: byPost,
      strange: { path: `${asked}&colour=red`, status: 400 },
      changed: { method: 'PUT', path: place, sent: ods('Y05868'), body: pointer(other) },
      theirs: { method: 'PUT', path: place, sent: ods('A1234'), body: pointer(), status: 403 },
      inTheirName: { ...made, body: pointer({ custodian: { identifier: { value: 'A1234' } } }) },
      ofOtherType: { ...made, body: pointer({ ...other, ...replaces }) },
    },
  });
  const own = (checks: readonly string[]) => checks.filter((id) => id.startsWith('reg'));
  expect([own(passed), own(failed)]).toEqual([
    ['reg-07-owner', 'reg-08-unknown'],
    ['reg-02-custodian', 'reg-05-same', 'reg-06-immutable', 'reg-08-same', 'reg-14-count'],
  ]);
});

it('registry/repository: says nothing of answers that differ while others may have written', async () => {
  const path = '/DocumentReference?subject:identifier=1';
  const answer = (...ids: readonly string[]) => ({
    entry: ids.map((id) => ({ resource: { resourceType: 'DocumentReference', id } })),
  });
  const { failed } = await verdictsOf({
    pattern: 'registry-repository',
    from: 'requester',
    to: 'registry',
    exchanges: {
      before: { path, answer: answer('a') },
      count: { path: `${path}&_summary=count`, answer: { total: 2 } },
      after: { path, answer: answer('a', 'b') },
    },
  });
  expect(failed.filter((id) => id.startsWith('reg'))).toEqual([]);
});
