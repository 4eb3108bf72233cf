import { at, json, notMade, type Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';

type Ids = (session: Session) => Readonly<Record<string, string>>;

const body = (observation: Observation): unknown =>
  observation.reply === undefined ? undefined : json({ ...observation, reply: observation.reply });
const versionOf = (resource: unknown): string | undefined => {
  const version = at(resource, 'meta', 'versionId');
  return typeof version === 'string' ? version : undefined;
};
const weak = (version: string): string => `W/"${version}"`;
const other = (gender: unknown): string => (gender === 'female' ? 'male' : 'female');

const UPDATES = [
  'update-without-precondition',
  'after-unconditional',
  'update-current',
  'update-stale',
  'after-stale',
  'patch-broken',
  'after-broken',
];
const FHIR_WRITES = ['unsupported-body', 'create', ...UPDATES];

/** Plain FHIR: a patient of our own is created, changed and deleted again, so that nobody else's record is touched. */
const driveFhir = async (session: Session, ids: Ids): Promise<void> => {
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

const PDS_WRITES = [
  'patch-without-precondition',
  'patch-current',
  'patch-stale',
  'after-stale',
  'patch-broken',
  'after-broken',
];

/** PDS: the profile's patient gets the same gender again (a new version, no new content), and is asked for changes it must refuse. */
const drivePds = async (session: Session, id: string, patient: unknown, ids: Ids): Promise<void> => {
  const version = versionOf(patient);
  const gender = at(patient, 'gender');
  if (version === undefined || typeof gender !== 'string') {
    session.leaveOut(PDS_WRITES, 'the patient that was read has no meta.versionId or no gender');
    return;
  }
  const path = `/Patient/${encodeURIComponent(id)}`;
  const patch = (step: string, patches: readonly object[], precondition?: string) =>
    session.http(step, {
      method: 'PATCH',
      path,
      headers: {
        ...ids(session),
        'content-type': 'application/json-patch+json',
        ...(precondition === undefined ? {} : { 'if-match': precondition }),
      },
      body: JSON.stringify({ patches }),
    });
  const get = async (step: string) => body(await session.http(step, { method: 'GET', path, headers: ids(session) }));
  const same = [{ op: 'replace', path: '/gender', value: gender }];
  await patch('patch-without-precondition', [{ op: 'replace', path: '/gender', value: other(gender) }]);
  await patch('patch-current', same, weak(version));
  await patch('patch-stale', [{ op: 'replace', path: '/gender', value: other(gender) }], weak(version));
  const now = await get('after-stale');
  const removal = [
    { op: 'replace', path: '/gender', value: other(gender) },
    { op: 'remove', path: '/name/0' },
  ];
  await patch('patch-broken', removal, weak(versionOf(now) ?? version));
  await get('after-broken');
};

export const driveWrites = async (
  session: Session,
  patientId: string | undefined,
  patient: unknown,
  ids: Ids,
): Promise<void> => {
  const steps = session.dialect === 'pds' ? PDS_WRITES : FHIR_WRITES;
  if (!session.profile.consentToWrite)
    session.leaveOut(steps, 'nothing is written without consent (profile: consentToWrite, or --consent-to-write)');
  else if (session.dialect === 'fhir-r4') await driveFhir(session, ids);
  else if (session.dialect !== 'pds')
    session.leaveOut(steps, `no change is known that the dialect ${session.dialect} allows`);
  else if (patientId === undefined) session.leaveOut(steps, 'no patient is known (profile: ids.patient)');
  else await drivePds(session, patientId, patient, ids);
};
