import type { OwnSandbox, OwnSeat } from '../../../sandbox/conformance/own-seats.ts';
import { knownOfBroker } from '../judged-broker.ts';

const toEvents = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('subscriber', 'subscribe-to-events');
  await sandbox.act('subscriber', 'publish-yourself');
  await sandbox.act('publisher', 'change-address', { patient: '9000000009' });
  await sandbox.advance('PT1M');
};

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  driven: {
    target: 'broker',
    auth: 'bearer',
    seats: { subscriber: 'external' },
    profile: knownOfBroker,
  },
  watched: [{ participants: ['subscriber', 'publisher'], play: toEvents }],
};
