import { driveIn } from '../../sandbox/conformance/drive.ts';
import { at, json, type Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { hear, listenForEvents } from './drive-available.ts';
import { driveReading, idsOf } from './drive-reading.ts';

const STEPS = ['read', 'update-current', 'update-stale', 'after-stale', 'update-without-right', 'after-without-right'];

const versionIn = ({ reply, ...rest }: Observation): string | undefined => {
  const version = reply === undefined ? undefined : at(json({ ...rest, reply }), 'meta', 'versionId');
  return typeof version === 'string' ? version : undefined;
};

/** The profile's patient gets the same gender again, and is asked for changes that have to be refused. */
const drivePatient = async (session: Session): Promise<void> => {
  const { ids, credentials, consentToWrite } = session.profile;
  if (!consentToWrite) {
    session.leaveOut(STEPS, 'nothing is written without consent (profile: consentToWrite, or --consent-to-write)');
    return;
  }
  const patient = ids.patient ?? '9000000009';
  const path = `/Patient/${encodeURIComponent(patient)}`;
  const listener = await listenForEvents(session);
  const get = (step: string) => session.http(step, { method: 'GET', path, headers: idsOf(session) });
  const read = await get('read');
  const version = versionIn(read);
  const gender = read.reply === undefined ? undefined : at(json({ ...read, reply: read.reply }), 'gender');
  if (version === undefined || typeof gender !== 'string') {
    session.leaveOut(STEPS.slice(1), 'the patient that was read has no meta.versionId or no gender');
    return;
  }
  const patch = (step: string, value: string, of: string, authorization?: string) =>
    session.http(step, {
      method: 'PATCH',
      path,
      headers: {
        ...idsOf(session),
        'content-type': 'application/json-patch+json',
        'if-match': `W/"${of}"`,
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify({ patches: [{ op: 'replace', path: '/gender', value }] }),
    });
  const other = gender === 'female' ? 'male' : 'female';
  await patch('update-current', gender, version);
  await hear(session, listener, patient);
  await patch('update-stale', other, version);
  const after = await get('after-stale');
  if (credentials.withoutRight === undefined) {
    session.leaveOut(STEPS.slice(4), 'the profile has no credential without the right (credentials.withoutRight)');
    return;
  }
  await patch('update-without-right', other, versionIn(after) ?? version, credentials.withoutRight);
  await get('after-without-right');
};

/** People, who are neither made nor deleted. */
export const drive = driveIn(['pds'], async (session: Session) => {
  await driveReading(session, {
    unknown: '/Patient/9111231130',
    malformed: '/Patient/9000000000',
    plain: '/Patient/9000000009',
  });
  await drivePatient(session);
});
