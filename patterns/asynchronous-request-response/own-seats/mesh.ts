import type { OwnSandbox, OwnSeat } from '../../../sandbox/conformance/own-seats.ts';

const byMail = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('requester', 'send-referral', { patient: '9000000009' });
  await sandbox.act('provider', 'collect-mail');
  await sandbox.act('provider', 'reject');
  await sandbox.advance('PT6M');
  await sandbox.act('requester', 'collect-mail');
};

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = { watched: [{ participants: ['provider', 'requester'], play: byMail }] };
