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

/** How a project of this pattern is judged where it serves itself. */
export const ownSeats: OwnSeats = {
  people: 40,
  dialects: {
    'fhir-r4': {
      driven: { ...provider, profile: async (target) => ({ ...known, slots: [await freeSlot(target)] }) },
      watched,
    },
    pds: { driven: { ...provider, profile: async () => known }, watched },
  },
};
