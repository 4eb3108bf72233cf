import { driveIn } from '../../sandbox/conformance/drive.ts';
import { driveTokens, driveTypes } from '../../sandbox/conformance/drive-refusals.ts';
import type { Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { lookFor, type Notified, notice, PROCESS_MESSAGE, requestOf, send } from './drive-notice.ts';

const WRITES = [
  'unsupported-body',
  'not-acceptable',
  'notify',
  'notify-again',
  'notify-found',
  'notify-with-ack',
  'unknown-workflow',
  'invalid',
  'invalid-found',
  'without-token',
  'bad-token',
  'without-right',
];

const isTaken = ({ reply }: Observation): boolean => reply !== undefined && reply.status < 300;

/**
 * Brings notifications to a recipient as an exchange would: one twice, one that asks for an infrastructure acknowledgement,
 * which is to come to the run's own listener, one of an unknown workflow and one that is not valid.
 */
export const drive = driveIn(['fhir-r4'], async (session: Session): Promise<void> => {
  await session.http('metadata', {
    method: 'GET',
    path: '/metadata',
    headers: { 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() },
  });
  if (!session.profile.consentToWrite) {
    session.leaveOut(WRITES, 'a message is a write, and the profile does not consent to writing (consentToWrite)');
    return;
  }
  await driveTypes(session, PROCESS_MESSAGE);
  const listener = await session.listen();
  const awaitAnswer = ({ header }: Notified) => listener.next(({ request }) => (request.body ?? '').includes(header));

  const plain = notice(session, listener, { event: 'discharge-notification' });
  await send(session, 'notify', plain);
  await send(session, 'notify-again', plain);
  await lookFor(session, 'notify-found', plain);

  const asked = ['InfAckRequested'] as const;
  const withAck = notice(session, listener, { event: 'admission-notification', asked });
  if (isTaken(await send(session, 'notify-with-ack', withAck))) await awaitAnswer(withAck);

  const unknown = notice(session, listener, { event: 'unheard-of-notification', asked });
  if (isTaken(await send(session, 'unknown-workflow', unknown))) await awaitAnswer(unknown);

  const invalid = notice(session, listener, { event: 'discharge-notification', asked, sound: false });
  if (isTaken(await send(session, 'invalid', invalid))) await awaitAnswer(invalid);
  await lookFor(session, 'invalid-found', invalid);
  await driveTokens(session, requestOf(plain));
});
