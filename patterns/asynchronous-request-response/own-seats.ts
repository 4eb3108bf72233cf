import { hl7Rules, runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import type { DrivenSeat, OwnSandbox, OwnSeats } from '../../sandbox/conformance/own-seats.ts';

/** A provider whose clinician decides at once; its answers come to the run. */
const provider = (headers: Readonly<Record<string, string>>): DrivenSeat => ({
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

/** The same; and a referral by HL7 v2 in enhanced mode, and the answer that comes back on a connection of its own. */
const askBothWays = async (sandbox: OwnSandbox): Promise<void> => {
  await ask(sandbox);
  await sandbox.act('requester', 'send-hl7-referral', { patient: '9000000009' });
  await sandbox.advance('PT1S');
  await sandbox.act('provider', 'reject');
  await sandbox.advance('PT1S');
};

/** How a project of this pattern is judged where it serves itself. */
export const ownSeats: OwnSeats = {
  people: 40,
  hl7v2: { run: runHl7Conformance, rules: hl7Rules },
  dialects: {
    'fhir-r4': {
      driven: provider({}),
      watched: [{ participants: ['requester', 'provider'], play: askBothWays }],
      mllp: { participant: 'provider', keeps: 'provider/FHIR/R4', profile: { type: 'REF' } },
    },
    bars: {
      driven: provider({ 'NHSD-Target-Identifier': 'e30=' }),
      watched: [{ participants: ['requester'], play: ask }],
    },
    mesh: { watched: [{ participants: ['provider', 'requester'], play: byMail }] },
  },
};
