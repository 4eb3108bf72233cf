import type { OwnSeats } from '../../sandbox/conformance/own.ts';

const freeSlot = async (target: string): Promise<string> => {
  const response = await fetch(`${target}/Slot?status=free&_count=1`);
  const { entry = [] } = (await response.json()) as { entry?: { resource: { id: string } }[] };
  return entry[0]?.resource.id ?? '';
};

/** How a project of this pattern is judged where it serves itself. */
export const ownSeats: OwnSeats = {
  people: 40,
  dialects: {
    'fhir-r4': {
      target: 'provider/FHIR/R4',
      seats: { requester: 'external' },
      profile: async (target) => ({
        consentToWrite: true,
        limit: 5000,
        ids: { patient: '9000000009' },
        slots: [await freeSlot(target)],
      }),
    },
    pds: {
      target: 'provider/FHIR/R4',
      seats: { requester: 'external' },
      profile: async () => ({ consentToWrite: true, limit: 5000, ids: { patient: '9000000009' } }),
    },
  },
};
