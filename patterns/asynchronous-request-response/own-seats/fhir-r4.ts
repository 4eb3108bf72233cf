import type { OwnSandbox, OwnSeat } from '../../../sandbox/conformance/own-seats.ts';
import { ask, provider } from '../judged-over-http.ts';

/** Referrals over HTTP; and one by HL7 v2 in enhanced mode, and the answer that comes back on a connection of its own. */
const askBothWays = async (sandbox: OwnSandbox): Promise<void> => {
  await ask(sandbox);
  await sandbox.act('requester', 'send-hl7-referral', { patient: '9000000009' });
  await sandbox.advance('PT1S');
  await sandbox.act('provider', 'reject');
  await sandbox.advance('PT1S');
};

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  driven: provider({}),
  watched: [{ participants: ['requester', 'provider'], play: askBothWays }],
  mllp: { participant: 'provider', keeps: 'provider/FHIR/R4', profile: { type: 'REF' } },
};
