import { driveTokens } from '../../sandbox/conformance/drive-refusals.ts';
import type { Session } from '../../sandbox/conformance/session.ts';

export const idsOf = (session: Session) => ({ 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() });

/** What can be seen without writing: what nobody has, what is malformed where that can be told, and something plain. */
export const driveReading = async (
  session: Session,
  { unknown, malformed, plain }: { readonly unknown: string; readonly malformed?: string; readonly plain: string },
): Promise<void> => {
  const get = (step: string, path: string) => session.http(step, { method: 'GET', path, headers: idsOf(session) });
  await get('read-unknown', unknown);
  if (malformed !== undefined) await get('read-malformed', malformed);
  await driveTokens(session, { method: 'GET', path: plain, headers: idsOf(session) });
};
