import { at, notMade } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { body, ids, NO_CONSENT, versionOf, weak } from './drive-versions.ts';

const UPDATES = [
  'update-without-precondition',
  'after-unconditional',
  'update-current',
  'update-stale',
  'after-stale',
  'patch-broken',
  'after-broken',
];
const WRITES = ['unsupported-body', 'create', ...UPDATES];

/** Plain FHIR: a patient of our own is created, changed and deleted again, so that nobody else's record is touched. */
export const driveUpdates = async (session: Session): Promise<void> => {
  if (!session.profile.consentToWrite) {
    session.leaveOut(WRITES, NO_CONSENT);
    return;
  }
  await session.http('unsupported-body', {
    method: 'POST',
    path: '/Patient',
    headers: { ...ids(session), 'content-type': 'text/plain' },
    body: 'not FHIR',
  });
  const resource = {
    resourceType: 'Patient',
    active: true,
    name: [{ family: 'Conformance-Run', given: ['Synthetic'] }],
    gender: 'female',
  };
  const headers = (more: Readonly<Record<string, string>> = {}) => ({
    ...ids(session),
    'content-type': 'application/fhir+json',
    prefer: 'return=representation',
    ...more,
  });
  const created = await session.http('create', {
    method: 'POST',
    path: '/Patient',
    headers: headers(),
    body: JSON.stringify(resource),
  });
  const location = created.reply?.headers.location ?? '';
  const id = /\/Patient\/([A-Za-z0-9.-]{1,64})(\/|$)/.exec(location)?.[1] ?? at(body(created), 'id');
  if (created.reply?.status !== 201 || typeof id !== 'string') {
    session.leaveOut(
      UPDATES,
      `a patient of our own could not be created (${notMade(created)}), so nothing was changed`,
    );
    return;
  }
  const path = `/Patient/${id}`;
  const get = async (step: string) => body(await session.http(step, { method: 'GET', path, headers: ids(session) }));
  const put = (step: string, change: object, precondition?: string) =>
    session.http(step, {
      method: 'PUT',
      path,
      headers: headers(precondition === undefined ? {} : { 'if-match': precondition }),
      body: JSON.stringify({ ...resource, id, ...change }),
    });
  await put('update-without-precondition', { birthDate: '1980-01-01' });
  const first = versionOf(await get('after-unconditional'));
  if (first === undefined) {
    session.leaveOut(UPDATES.slice(2), 'the record shows no meta.versionId, so no precondition can be made of it');
  } else {
    await put('update-current', { birthDate: '1980-01-02' }, weak(first));
    await put('update-stale', { birthDate: '1980-01-03', gender: 'male' }, weak(first));
    await get('after-stale');
    const patch = [
      { op: 'replace', path: '/gender', value: 'male' },
      { op: 'test', path: '/gender', value: 'conformance-never' },
    ];
    await session.http('patch-broken', {
      method: 'PATCH',
      path,
      headers: headers({ 'content-type': 'application/json-patch+json' }),
      body: JSON.stringify(patch),
    });
    await get('after-broken');
  }
  await session.http('clean-up', { method: 'DELETE', path, headers: ids(session) });
};
