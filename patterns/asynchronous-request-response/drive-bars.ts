import { driveIn } from '../../sandbox/conformance/drive.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { driveMessages } from './drive-messages.ts';
import { type Asked, requestOf } from './drive-request.ts';

const PATH = '/$process-message';

/** Messages, whose ids are asked for. */
export const drive = driveIn(['bars'], async (session: Session) => {
  const referred = async (asked: Asked): Promise<void> => {
    await session.http('refer-without-ids', requestOf(PATH, asked, ['x-request-id', 'x-correlation-id']));
  };
  await driveMessages(session, PATH, { steps: ['refer-without-ids'], referred });
});
