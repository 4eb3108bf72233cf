import { driveIn } from '../../sandbox/conformance/drive.ts';
import { driveTypes } from '../../sandbox/conformance/drive-refusals.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { driveMessages } from './drive-messages.ts';
import { driveStatus } from './drive-status.ts';

const PATH = '/$process-message?async=true';
const TYPES = ['unsupported-body', 'not-acceptable'];
const STATUS = ['put-off', 'status-first', 'status-eager', 'put-off-to-cancel', 'cancel-status', 'status-cancelled'];

/** FHIR messages, and requests that are put off and asked about at a status address. */
export const drive = driveIn(['fhir-r4'], async (session: Session) => {
  const before = () => driveTypes(session, PATH);
  if (await driveMessages(session, PATH, { steps: [...TYPES, ...STATUS], before })) await driveStatus(session);
});
