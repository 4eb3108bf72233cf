import { driveTokens } from '../../sandbox/conformance/drive-refusals.ts';
import { at, list } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { body, ids } from './drive-versions.ts';

/** What the dialect's own specification gives as a patient to read, an id that nobody has, and one that is malformed. */
export interface Known {
  readonly patient?: string;
  readonly unknown: string;
  readonly malformed?: string;
  /** A search that nobody matches, and one that finds this patient, where enough is known of him or her. */
  readonly miss: string;
  hit(patient: unknown): Readonly<Record<string, string>> | undefined;
}

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The patient to read: the profile's, else the specification's example, else the first that a search finds. */
const findPatient = async (session: Session, { patient }: Known): Promise<string | undefined> => {
  const known = session.profile.ids.patient ?? patient;
  if (known !== undefined) return known;
  const found = await session.http('find-patient', { method: 'GET', path: '/Patient?_count=1', headers: ids(session) });
  return list(at(body(found), 'entry'))
    .map((entry) => at(entry, 'resource'))
    .filter((resource) => at(resource, 'resourceType') === 'Patient')
    .map((resource) => text(at(resource, 'id')))[0];
};

const read = async (session: Session, id: string | undefined): Promise<unknown> => {
  if (id === undefined) {
    session.leaveOut(
      ['read', 'without-token', 'bad-token', 'without-right', 'second-instance'],
      'no patient is known or found; name one in the profile (ids.patient)',
    );
    return undefined;
  }
  const path = `/Patient/${encodeURIComponent(id)}`;
  const seen = await session.http('read', { method: 'GET', path, headers: ids(session) });
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

/** Gathers the evidence about who answers for people; nothing is written here. */
export const drivePeople = async (
  session: Session,
  known: Known,
): Promise<{ readonly id: string | undefined; readonly patient: unknown }> => {
  const { ids: given, search } = session.profile;
  const id = await findPatient(session, known);
  const patient = await read(session, id);
  const get = (step: string, path: string) => session.http(step, { method: 'GET', path, headers: ids(session) });
  await get('read-unknown', `/Patient/${given.unknown ?? known.unknown}`);
  if (known.malformed !== undefined) await get('read-malformed', `/Patient/${given.malformed ?? known.malformed}`);
  const found = known.hit(patient);
  const hit = search.hit ?? (found && new URLSearchParams(found).toString());
  if (hit === undefined)
    session.leaveOut(['search-hit'], 'no search that finds somebody is known; name one in the profile (search.hit)');
  else await get('search-hit', `/Patient?${hit}`);
  await get('search-miss', `/Patient?${search.miss ?? known.miss}`);
  return { id, patient };
};
