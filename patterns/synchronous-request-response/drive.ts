import { driveTokens } from '../../sandbox/conformance/drive-refusals.ts';
import { at, json, list, type Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { book } from './drive-booking.ts';
import { driveWrites } from './drive-writes.ts';

/** What the dialects' own specifications give as a patient to read, an id that nobody has, and one that is malformed. */
const DEFAULTS: Readonly<Record<string, { patient?: string; unknown: string; malformed: string; miss: string }>> = {
  'fhir-r4': {
    unknown: 'conformance-nobody-has-this-id',
    malformed: 'not%20an%20id',
    miss: 'identifier=urn:example:nobody%7Cnobody',
  },
  pds: {
    patient: '9000000009',
    unknown: '9111231130',
    malformed: '9000000000',
    miss: 'family=Conformancenobody&gender=female&birthdate=eq1901-01-01',
  },
};

const body = (observation: Observation): unknown =>
  observation.reply === undefined ? undefined : json({ ...observation, reply: observation.reply });
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** The patient to read: the profile's, else the specification's example, else the first that a search finds. */
const findPatient = async (session: Session): Promise<string | undefined> => {
  const known = session.profile.ids.patient ?? DEFAULTS[session.dialect]?.patient;
  if (known !== undefined) return known;
  const found = await session.http('find-patient', { method: 'GET', path: '/Patient?_count=1', headers: ids(session) });
  return list(at(body(found), 'entry'))
    .map((entry) => at(entry, 'resource'))
    .filter((resource) => at(resource, 'resourceType') === 'Patient')
    .map((resource) => text(at(resource, 'id')))[0];
};

const ids = (session: Session) => ({ 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() });

/** A search for a person by what was just read, in a form that each dialect allows. */
const searchFor = (session: Session, patient: unknown): string | undefined => {
  if (session.profile.search.hit !== undefined) return session.profile.search.hit;
  const family = text(at(patient, 'name', 0, 'family'));
  const born = text(at(patient, 'birthDate'));
  if (session.dialect === 'pds') {
    return family === undefined || born === undefined
      ? undefined
      : new URLSearchParams({ family, birthdate: `eq${born}` }).toString();
  }
  const id = text(at(patient, 'id'));
  return id === undefined ? undefined : new URLSearchParams({ _id: id }).toString();
};

const read = async (session: Session, id: string | undefined): Promise<unknown> => {
  if (id === undefined) {
    session.leaveOut(
      ['read', 'not-acceptable', 'without-token', 'bad-token', 'without-right', 'second-instance'],
      'no patient is known or found; name one in the profile (ids.patient)',
    );
    return undefined;
  }
  const path = `/Patient/${encodeURIComponent(id)}`;
  const seen = await session.http('read', { method: 'GET', path, headers: ids(session) });
  if (session.dialect === 'fhir-r4')
    await session.http('not-acceptable', { method: 'GET', path, headers: { ...ids(session), accept: 'image/png' } });
  await driveTokens(session, { method: 'GET', path, headers: ids(session) });
  const { secondInstance } = session.profile;
  if (secondInstance === undefined)
    session.leaveOut(['second-instance'], 'the profile names no second instance (secondInstance)');
  else
    await session.http('second-instance', {
      method: 'GET',
      path: secondInstance.replace(/\/+$/, '') + path,
      headers: ids(session),
    });
  return body(seen);
};

/** Gathers the evidence about a responder; nothing is written without the profile's consent. */
export const drive = async (session: Session): Promise<void> => {
  const defaults = DEFAULTS[session.dialect];
  const { ids: given, search } = session.profile;
  if (session.dialect === 'fhir-r4')
    await session.http('metadata', { method: 'GET', path: '/metadata', headers: ids(session) });
  const patientId = await findPatient(session);
  const patient = await read(session, patientId);
  const get = (step: string, path: string) => session.http(step, { method: 'GET', path, headers: ids(session) });
  await get('read-unknown', `/Patient/${given.unknown ?? defaults?.unknown ?? 'unknown'}`);
  if (session.dialect === 'pds')
    await get('read-malformed', `/Patient/${given.malformed ?? defaults?.malformed ?? 'malformed'}`);
  const hit = searchFor(session, patient);
  if (hit === undefined)
    session.leaveOut(['search-hit'], 'no search that finds somebody is known; name one in the profile (search.hit)');
  else await get('search-hit', `/Patient?${hit}`);
  await get('search-miss', `/Patient?${search.miss ?? defaults?.miss ?? '_id=nobody'}`);
  await driveWrites(session, patientId, patient, ids);
  await book(session, patientId, ids);
};
