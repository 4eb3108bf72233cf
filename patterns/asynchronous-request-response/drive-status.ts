import type { Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { patientOf, referralFor } from './drive-request.ts';

const ids = (session: Session) => ({ 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() });
const LONGEST_WAIT = 30_000;
const ASKS_MAX = 20;

const later = (session: Session, step: string, patient: string) => {
  const { id: _, ...referral } = referralFor(session, patient);
  const headers = { ...ids(session), prefer: 'respond-async', 'content-type': 'application/fhir+json' };
  return session.http(step, { method: 'POST', path: '/ServiceRequest', headers, body: JSON.stringify(referral) });
};

const statusUrl = ({ reply }: Observation): string | undefined =>
  reply?.status === 202 && /^https?:/.test(reply.headers['content-location'] ?? '')
    ? reply.headers['content-location']
    : undefined;

/** Asks as a well-behaved client does, until there is an answer or the time is over. */
const askUntilDone = async (session: Session, url: string): Promise<void> => {
  const until = performance.now() + session.profile.timeout;
  for (let asked = 1; asked <= ASKS_MAX; asked += 1) {
    const step = asked === 1 ? 'status-first' : `status-${asked}`;
    const { reply } = await session.http(step, { method: 'GET', path: url, headers: ids(session) });
    if (reply?.status !== 202 && reply?.status !== 429) return;
    if (asked === 1) await session.http('status-eager', { method: 'GET', path: url, headers: ids(session) });
    const seconds = Number(reply.headers['retry-after'] ?? 1);
    const pause = Math.min(Number.isFinite(seconds) ? seconds * 1_000 : 1_000, LONGEST_WAIT);
    if (performance.now() + pause > until) return;
    await session.pause(pause);
  }
};

/** The asynchronous interaction of FHIR: a request that is put off, asked about, and one that is cancelled. */
export const driveStatus = async (session: Session): Promise<void> => {
  const patient = patientOf(session);
  const url = statusUrl(await later(session, 'put-off', patient));
  if (url === undefined) session.leaveOut(['status-first', 'status-eager'], 'the request was not put off');
  else await askUntilDone(session, url);
  const cancelled = statusUrl(await later(session, 'put-off-to-cancel', patient));
  if (cancelled === undefined) {
    session.leaveOut(['cancel-status', 'status-cancelled'], 'the request was not put off');
    return;
  }
  await session.http('cancel-status', { method: 'DELETE', path: cancelled, headers: ids(session) });
  await session.http('status-cancelled', { method: 'GET', path: cancelled, headers: ids(session) });
};
