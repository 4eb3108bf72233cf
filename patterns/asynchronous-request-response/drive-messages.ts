import { driveTokens } from '../../sandbox/conformance/drive-refusals.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { type Asked, message, patientOf, referralFor, requestOf } from './drive-request.ts';

const WRITES = ['without-token', 'bad-token', 'without-right', 'refer', 'refer-again', 'refer-to-cancel', 'cancel'];

/** Steps of a dialect's own: before any is sent, and with the referral that was sent. */
export interface OwnSteps {
  readonly steps: readonly string[];
  before?(): Promise<void>;
  referred?(asked: Asked): Promise<void>;
}

/** Whether a message answers one of these: by the Bundle's id or the header's, whichever the target thinks right. */
const answers = (body: string, ...ids: readonly string[]): boolean => ids.some((id) => body.includes(id));

/**
 * Sends a referral and waits for its business response at a listener of the run's own; sends it again; and cancels another.
 * Somebody, or a simulated clinician, has to decide while the run waits (`timeout`). Whether anything was sent.
 */
export const driveMessages = async (session: Session, path: string, own: OwnSteps): Promise<boolean> => {
  const headers = { 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() };
  await session.http('metadata', { method: 'GET', path: '/metadata', headers });
  if (!session.profile.consentToWrite) {
    const why = 'a request is a write, and the profile does not consent to writing (consentToWrite)';
    session.leaveOut([...WRITES, ...own.steps], why);
    return false;
  }
  const patient = patientOf(session);
  await own.before?.();
  const listener = await session.listen();
  listener.answer(() => ({
    status: 200,
    headers: { 'content-type': 'application/fhir+json' },
    body: '{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]}',
  }));
  const send = (step: string, asked: Asked) => session.http(step, requestOf(path, asked));
  const asked = message(session, listener, referralFor(session, patient));
  const { reply } = await send('refer', asked);
  // Nobody answers later what was refused at once.
  if (reply === undefined || reply.status < 400)
    await listener.next(({ request }) => answers(request.body ?? '', asked.bundle, asked.header));
  await send('refer-again', asked);
  await own.referred?.(asked);
  const other = message(session, listener, referralFor(session, patient));
  await send('refer-to-cancel', other);
  const revoked = { ...other.referral, status: 'revoked' };
  await send('cancel', message(session, listener, revoked, other.correlation));
  await driveTokens(session, requestOf(path, asked));
  return true;
};
