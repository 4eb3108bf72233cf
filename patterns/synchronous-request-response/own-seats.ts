import { hl7Rules, runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import type { OwnSandbox, OwnSeats } from '../../sandbox/conformance/own-seats.ts';

const freeSlot = async (target: string): Promise<string> => {
  const response = await fetch(`${target}/Slot?status=free&_count=1`);
  const { entry = [] } = (await response.json()) as { entry?: { resource: { id: string } }[] };
  return entry[0]?.resource.id ?? '';
};

const PATIENT = '9000000009';
const provider = { target: 'provider/FHIR/R4', seats: { requester: 'external' } } as const;
const known = { consentToWrite: true, limit: 5000, ids: { patient: PATIENT } };

/** A record that is read, changed, and changed again. */
const change = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('requester', 'read-patient', { id: PATIENT });
  await sandbox.act('requester', 'update-patient', { id: PATIENT });
  await sandbox.act('requester', 'update-patient', { id: PATIENT });
};
const watched = [{ participants: ['requester'], play: change }];

const askBothWays = async (sandbox: OwnSandbox): Promise<void> => {
  await change(sandbox);
  await sandbox.act('requester', 'query-by-hl7', { patient: PATIENT });
  await sandbox.act('requester', 'find-by-hl7', { family: 'Smith' });
};

/** How a project of this pattern is judged where it serves itself. */
export const ownSeats: OwnSeats = {
  people: 40,
  hl7v2: { run: runHl7Conformance, rules: hl7Rules },
  dialects: {
    'fhir-r4': {
      driven: { ...provider, profile: async (target) => ({ ...known, slots: [await freeSlot(target)] }) },
      watched: [{ participants: ['requester'], play: askBothWays }],
      mllp: { participant: 'provider', keeps: 'provider/FHIR/R4', profile: { originalModeOnly: true } },
    },
    pds: { driven: { ...provider, profile: async () => known }, watched },
  },
};
