import { driveIn } from '../../sandbox/conformance/drive.ts';
import { at } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { book } from './drive-booking.ts';
import { drivePeople, type Known, text } from './drive-people.ts';
import { driveUpdates } from './drive-updates.ts';
import { ids } from './drive-versions.ts';

const KNOWN: Known = {
  unknown: 'conformance-nobody-has-this-id',
  miss: 'identifier=urn:example:nobody%7Cnobody',
  hit: (patient) => {
    const id = text(at(patient, 'id'));
    return id === undefined ? undefined : { _id: id };
  },
};

/** Plain FHIR: people, changes of a record of the run's own, and a booking. */
export const drive = driveIn(['fhir-r4'], async (session: Session) => {
  await session.http('metadata', { method: 'GET', path: '/metadata', headers: ids(session) });
  const { id } = await drivePeople(session, KNOWN);
  if (id === undefined)
    session.leaveOut(['not-acceptable'], 'no patient is known or found; name one in the profile (ids.patient)');
  else {
    const path = `/Patient/${encodeURIComponent(id)}`;
    await session.http('not-acceptable', { method: 'GET', path, headers: { ...ids(session), accept: 'image/png' } });
  }
  await driveUpdates(session);
  await book(session, id);
});
