import { at, json } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { ids } from './drive-versions.ts';

/**
 * Books the first Slot that the profile offers and cancels it again. What is judged is RRS-01: a booking
 * that is answered at once is synchronous; one that is answered 202 belongs to another pattern.
 */
export const book = async (session: Session, patientId: string | undefined): Promise<void> => {
  const slot = session.profile.slots[0];
  if (slot === undefined || patientId === undefined || !session.profile.consentToWrite) {
    session.leaveOut(
      ['book'],
      'a booking needs a free Slot, a patient and consent to write (profile: slots, ids.patient, consentToWrite)',
    );
    return;
  }
  const seen = await session.http('slot', {
    method: 'GET',
    path: `/Slot/${encodeURIComponent(slot)}`,
    headers: ids(session),
  });
  const resource = seen.reply === undefined ? undefined : json({ ...seen, reply: seen.reply });
  const [start, end] = [at(resource, 'start'), at(resource, 'end')];
  if (typeof start !== 'string' || typeof end !== 'string') {
    session.leaveOut(['book'], `Slot/${slot} cannot be read, or has no start and end`);
    return;
  }
  const appointment = {
    resourceType: 'Appointment',
    status: 'booked',
    slot: [{ reference: `Slot/${slot}` }],
    start,
    end,
    participant: [{ actor: { reference: `Patient/${patientId}` }, status: 'accepted' }],
  };
  const headers = { ...ids(session), 'content-type': 'application/fhir+json', prefer: 'return=representation' };
  const booked = await session.http('book', {
    method: 'POST',
    path: '/Appointment',
    headers,
    body: JSON.stringify(appointment),
  });
  const id = /\/Appointment\/([A-Za-z0-9.-]{1,64})(\/|$)/.exec(booked.reply?.headers.location ?? '')?.[1];
  if (booked.reply?.status !== 201 || id === undefined) return;
  const cancelled = JSON.stringify({
    ...appointment,
    id,
    status: 'cancelled',
    cancelationReason: { text: 'Made by a conformance run' },
  });
  await session.http('cancel', {
    method: 'PUT',
    path: `/Appointment/${id}`,
    headers: { ...headers, ...ids(session) },
    body: cancelled,
  });
};
