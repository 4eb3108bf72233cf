import { hl7Rules, runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import type { OwnSandbox, OwnSeats } from '../../sandbox/conformance/own-seats.ts';

const PATIENT = '9000000009';

const byMllp = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('sender', 'send-notification', { patient: PATIENT, via: 'mllp' });
};

/** Notices that are taken in, brought again or refused, and a correction. */
const push = async (sandbox: OwnSandbox): Promise<void> => {
  const document = { patient: PATIENT, event: 'document-notification', acknowledge: true };
  const { message } = (await sandbox.act('sender', 'send-notification', document)) as { message: string };
  await sandbox.advance('PT1S');
  await sandbox.act('broker', 'bring-again');
  await sandbox.act('broker', 'bring-invalid', { patient: PATIENT });
  await sandbox.act('broker', 'bring-unknown-workflow', { patient: PATIENT });
  await sandbox.act('sender', 'send-correction', { patient: PATIENT, message });
  await sandbox.advance('PT1S');
  await byMllp(sandbox);
};

const pushToNobody = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.stop('recipient');
  await sandbox.act('sender', 'send-notification', { patient: PATIENT });
  await sandbox.advance('P5D');
};

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

const mllp = { participant: 'recipient', keeps: 'recipient/FHIR/R4' };

/** How a project of this pattern is judged where it serves itself. */
export const ownSeats: OwnSeats = {
  people: 40,
  dialects: {
    'fhir-r4': {
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
      mllp,
    },
    'hl7v2-itk': { mllp, watched: [{ participants: ['sender'], play: byMllp }] },
    mesh: {
      watched: [
        { participants: ['sender', 'recipient'], play: byMail },
        { participants: ['sender'], play: byMailToNobody },
      ],
    },
  },
  hl7v2: { run: runHl7Conformance, rules: hl7Rules },
};
