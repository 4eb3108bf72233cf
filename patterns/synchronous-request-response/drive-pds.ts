import { driveIn } from '../../sandbox/conformance/drive.ts';
import { at } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { drivePeople, type Known, text } from './drive-people.ts';
import { body, ids, NO_CONSENT, other, versionOf, weak } from './drive-versions.ts';

const KNOWN: Known = {
  patient: '9000000009',
  unknown: '9111231130',
  malformed: '9000000000',
  miss: 'family=Conformancenobody&gender=female&birthdate=eq1901-01-01',
  hit: (patient) => {
    const family = text(at(patient, 'name', 0, 'family'));
    const born = text(at(patient, 'birthDate'));
    return family === undefined || born === undefined ? undefined : { family, birthdate: `eq${born}` };
  },
};

const WRITES = [
  'patch-without-precondition',
  'patch-current',
  'patch-stale',
  'after-stale',
  'patch-broken',
  'after-broken',
];

/** The profile's patient gets the same gender again (a new version, no new content), and is asked for changes it must refuse. */
const drivePatches = async (session: Session, id: string, patient: unknown): Promise<void> => {
  const version = versionOf(patient);
  const gender = at(patient, 'gender');
  if (version === undefined || typeof gender !== 'string') {
    session.leaveOut(WRITES, 'the patient that was read has no meta.versionId or no gender');
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

/** The Personal Demographics Service. */
export const drive = driveIn(['pds'], async (session: Session) => {
  const { id, patient } = await drivePeople(session, KNOWN);
  if (!session.profile.consentToWrite) session.leaveOut(WRITES, NO_CONSENT);
  else if (id === undefined) session.leaveOut(WRITES, 'no patient is known (profile: ids.patient)');
  else await drivePatches(session, id, patient);
});
