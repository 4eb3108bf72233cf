import type { OwnSandbox, OwnSeat } from '../../../sandbox/conformance/own-seats.ts';

const byMllp = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('sender', 'send-notification', { patient: '9000000009', via: 'mllp' });
};

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  mllp: { participant: 'recipient', keeps: 'recipient/FHIR/R4' },
  watched: [{ participants: ['sender'], play: byMllp }],
};
