import type { DrivenSeat, OwnSandbox } from '../../sandbox/conformance/own-seats.ts';

/** A provider whose clinician decides at once; its answers come to the run. */
export const provider = (headers: Readonly<Record<string, string>>): DrivenSeat => ({
  target: 'provider/FHIR/R4',
  auth: 'bearer',
  calledBack: 'requester',
  profile: async (_target, sandbox) => {
    await sandbox.act('provider', 'set-clinician', { decision: 'reject', after: 'PT1S' });
    const credentials = { authorization: await sandbox.authorizationOf('requester') };
    return { consentToWrite: true, timeout: 15_000, headers, credentials };
  },
});

/** Referrals of which one is put off, answers that come twice, and one that answers nothing. */
export const ask = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('requester', 'send-referral', { patient: '9000000009' });
  await sandbox.act('provider', 'reject');
  await sandbox.advance('PT1S');
  await sandbox.act('provider', 'repeat-last-answer');
  await sandbox.act('provider', 'answer-nothing');
  await sandbox.advance('PT1S');
};
