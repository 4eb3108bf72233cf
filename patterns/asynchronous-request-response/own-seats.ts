import type { DrivenSeat, OwnSandbox, OwnSeats } from '../../sandbox/conformance/own-seats.ts';

/** A provider whose clinician decides at once; its answers come to the run. */
const provider = (headers: Readonly<Record<string, string>>): DrivenSeat => ({
  target: 'provider/FHIR/R4',
  calledBack: 'requester',
  profile: async (_target, sandbox) => {
    await sandbox.act('provider', 'set-clinician', { decision: 'reject', after: 'PT1S' });
    return { consentToWrite: true, timeout: 15_000, headers };
  },
});

/** Referrals of which one is put off, answers that come twice, and one that answers nothing. */
const ask = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('requester', 'send-referral', { patient: '9000000009' });
  await sandbox.act('provider', 'reject');
  await sandbox.advance('PT1S');
  await sandbox.act('provider', 'repeat-last-answer');
  await sandbox.act('provider', 'answer-nothing');
  await sandbox.advance('PT1S');
};

const byMail = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('requester', 'send-referral', { patient: '9000000009' });
  await sandbox.act('provider', 'collect-mail');
  await sandbox.act('provider', 'reject');
  await sandbox.advance('PT6M');
  await sandbox.act('requester', 'collect-mail');
};

/** How a project of this pattern is judged where it serves itself. */
export const ownSeats: OwnSeats = {
  people: 40,
  dialects: {
    'fhir-r4': { driven: provider({}), watched: [{ participants: ['requester'], play: ask }] },
    bars: {
      driven: provider({ 'NHSD-Target-Identifier': 'e30=' }),
      watched: [{ participants: ['requester'], play: ask }],
    },
    mesh: { watched: [{ participants: ['provider', 'requester'], play: byMail }] },
  },
};
