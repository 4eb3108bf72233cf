import { driveTokens, driveTypes } from '../../sandbox/conformance/drive-refusals.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { message, pathOf, referralFor, requestOf, send } from './drive-request.ts';
import { driveStatus } from './drive-status.ts';

const WRITES = [
  'unsupported-body',
  'not-acceptable',
  'without-token',
  'bad-token',
  'without-right',
  'refer',
  'refer-again',
  'refer-without-ids',
  'refer-to-cancel',
  'cancel',
  'put-off',
  'status-first',
  'status-eager',
  'put-off-to-cancel',
  'cancel-status',
  'status-cancelled',
];

/** Whether a message answers one of these: by the Bundle's id or the header's, whichever the target thinks right. */
const answers = (body: string, ...ids: readonly string[]): boolean => ids.some((id) => body.includes(id));

/**
 * Sends a referral and waits for its business response at a listener of the run's own; sends it again; cancels another; and
 * asks at status addresses. Somebody, or a simulated clinician, has to decide while the run waits (`timeout`).
 */
export const drive = async (session: Session): Promise<void> => {
  // By mail nobody is driven: who has a mailbox is judged by what it did there.
  if (session.dialect === 'mesh') return;
  const headers = { 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() };
  await session.http('metadata', { method: 'GET', path: '/metadata', headers });
  if (!session.profile.consentToWrite) {
    session.leaveOut(WRITES, 'a request is a write, and the profile does not consent to writing (consentToWrite)');
    return;
  }
  const patient = session.profile.ids.patient ?? '9000000009';
  if (session.dialect === 'fhir-r4') await driveTypes(session, pathOf(session));
  const listener = await session.listen();
  listener.answer(() => ({
    status: 200,
    headers: { 'content-type': 'application/fhir+json' },
    body: '{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]}',
  }));
  const asked = message(session, listener, referralFor(session, patient));
  const { reply } = await send(session, 'refer', asked);
  // Nobody answers later what was refused at once.
  if (reply === undefined || reply.status < 400)
    await listener.next(({ request }) => answers(request.body ?? '', asked.bundle, asked.header));
  await send(session, 'refer-again', asked);
  if (session.dialect === 'bars') await send(session, 'refer-without-ids', asked, ['x-request-id', 'x-correlation-id']);
  const other = message(session, listener, referralFor(session, patient));
  await send(session, 'refer-to-cancel', other);
  const revoked = { ...other.referral, status: 'revoked' };
  await send(session, 'cancel', message(session, listener, revoked, other.correlation));
  await driveTokens(session, requestOf(session, asked));
  await driveStatus(session, patient);
};
