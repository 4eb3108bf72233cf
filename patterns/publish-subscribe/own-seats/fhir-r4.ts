import type { OwnSandbox, OwnSeat } from '../../../sandbox/conformance/own-seats.ts';
import { knownOfBroker } from '../judged-broker.ts';

const PATIENT = '9000000009';

const byTopicAndCriteria = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('subscriber', 'subscribe');
  await sandbox.act('other-subscriber', 'subscribe-by-criteria');
  await sandbox.act('publisher', 'change-address', { patient: PATIENT });
  await sandbox.act('publisher', 'report-death', { patient: PATIENT });
  await sandbox.act('publisher', 'send-adt', { patient: PATIENT });
  await sandbox.advance('PT5M');
};

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  driven: {
    target: 'broker/FHIR/R4',
    auth: 'bearer',
    calledBack: 'subscriber',
    profile: knownOfBroker,
  },
  watched: [{ participants: ['subscriber', 'other-subscriber', 'publisher'], play: byTopicAndCriteria }],
  mllp: { participant: 'broker', keeps: 'broker/FHIR/R4' },
};
