import type { OwnSandbox, OwnSeat } from '../../../sandbox/conformance/own-seats.ts';

const PATIENT = '9000000009';

/** Mail that is collected, in chunks, asked about or invalid, and a correction. */
const byMail = async (sandbox: OwnSandbox): Promise<void> => {
  const document = { patient: PATIENT, event: 'document-notification' };
  const { message } = (await sandbox.act('sender', 'send-mail', document)) as { message: string };
  await sandbox.act('sender', 'send-mail', { patient: PATIENT, replaces: message });
  await sandbox.act('sender', 'send-mail', { patient: PATIENT, chunks: 3 });
  await sandbox.act('sender', 'send-mail', { patient: PATIENT, acknowledge: true });
  await sandbox.act('sender', 'send-mail', { patient: PATIENT, acknowledge: true, broken: true });
  await sandbox.act('recipient', 'collect-mail');
  await sandbox.advance('PT6M');
};

const byMailToNobody = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.stop('recipient');
  await sandbox.act('sender', 'send-mail', { patient: PATIENT });
  await sandbox.act('sender', 'send-mail', { patient: PATIENT, to: 'GPPROVIDER_9000000017_01011900_Nobody' });
  await sandbox.act('sender', 'collect-reports');
  await sandbox.advance('P5D');
  await sandbox.act('sender', 'collect-reports');
};

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  watched: [
    { participants: ['sender', 'recipient'], play: byMail },
    { participants: ['sender'], play: byMailToNobody },
  ],
};
