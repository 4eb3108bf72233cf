import type { Session } from '../../sandbox/conformance/session.ts';
import { driveMns } from './drive-mns.ts';
import { driveSubscriptions } from './drive-subscriptions.ts';

/** Subscribes, changes what is subscribed to, and watches what comes to a listener of the run's own; ends what it began. */
export const drive = async (session: Session): Promise<void> =>
  session.dialect === 'mns' ? driveMns(session) : driveSubscriptions(session);
