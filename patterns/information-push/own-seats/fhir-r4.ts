import type { OwnSandbox, OwnSeat } from '../../../sandbox/conformance/own-seats.ts';

const PATIENT = '9000000009';

/** Notices that are taken in, brought again or refused, a correction, and one over MLLP. */
const push = async (sandbox: OwnSandbox): Promise<void> => {
  const document = { patient: PATIENT, event: 'document-notification', acknowledge: true };
  const { message } = (await sandbox.act('sender', 'send-notification', document)) as { message: string };
  await sandbox.advance('PT1S');
  await sandbox.act('broker', 'bring-again');
  await sandbox.act('broker', 'bring-invalid', { patient: PATIENT });
  await sandbox.act('broker', 'bring-unknown-workflow', { patient: PATIENT });
  await sandbox.act('sender', 'send-correction', { patient: PATIENT, message });
  await sandbox.advance('PT1S');
  await sandbox.act('sender', 'send-notification', { patient: PATIENT, via: 'mllp' });
};

const pushToNobody = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.stop('recipient');
  await sandbox.act('sender', 'send-notification', { patient: PATIENT });
  await sandbox.advance('P5D');
};

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  driven: {
    target: 'recipient/FHIR/R4',
    auth: 'bearer',
    calledBack: 'sender',
    profile: async (_target, sandbox) => ({
      consentToWrite: true,
      timeout: 15_000,
      credentials: { authorization: await sandbox.authorizationOf('sender') },
    }),
  },
  watched: [
    { participants: ['sender', 'recipient'], play: push },
    { participants: ['sender'], play: pushToNobody },
  ],
  mllp: { participant: 'recipient', keeps: 'recipient/FHIR/R4' },
};
