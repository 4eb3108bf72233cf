import { hl7Rules, runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import type { OwnSandbox, OwnSeats } from '../../sandbox/conformance/own-seats.ts';

const PATIENT = '9000000009';
const known = async (_target: string, sandbox: OwnSandbox) => ({
  consentToWrite: true,
  timeout: 5_000,
  credentials: { authorization: await sandbox.authorizationOf('subscriber') },
});

const byTopicAndCriteria = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('subscriber', 'subscribe');
  await sandbox.act('other-subscriber', 'subscribe-by-criteria');
  await sandbox.act('publisher', 'change-address', { patient: PATIENT });
  await sandbox.act('publisher', 'report-death', { patient: PATIENT });
  await sandbox.act('publisher', 'send-adt', { patient: PATIENT });
  await sandbox.advance('PT5M');
};

const toEvents = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('subscriber', 'subscribe-to-events');
  await sandbox.act('subscriber', 'publish-yourself');
  await sandbox.act('publisher', 'change-address', { patient: PATIENT });
  await sandbox.advance('PT1M');
};

/** How a project of this pattern is judged where it serves itself. */
export const ownSeats: OwnSeats = {
  people: 40,
  hl7v2: { run: runHl7Conformance, rules: hl7Rules },
  dialects: {
    'fhir-r4': {
      driven: { target: 'broker/FHIR/R4', auth: 'bearer', calledBack: 'subscriber', profile: known },
      watched: [{ participants: ['subscriber', 'other-subscriber', 'publisher'], play: byTopicAndCriteria }],
      mllp: { participant: 'broker', keeps: 'broker/FHIR/R4' },
    },
    mns: {
      driven: { target: 'broker', auth: 'bearer', seats: { subscriber: 'external' }, profile: known },
      watched: [{ participants: ['subscriber', 'publisher'], play: toEvents }],
    },
  },
};
