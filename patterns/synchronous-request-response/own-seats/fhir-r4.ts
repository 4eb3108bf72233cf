import type { OwnSandbox, OwnSeat } from '../../../sandbox/conformance/own-seats.ts';
import { change, known, PATIENT, provider } from '../judged-over-http.ts';

const freeSlot = async (target: string, authorization: string): Promise<string> => {
  const response = await fetch(`${target}/Slot?status=free&_count=1`, { headers: { authorization } });
  const { entry = [] } = (await response.json()) as { entry?: { resource: { id: string } }[] };
  return entry[0]?.resource.id ?? '';
};

const askBothWays = async (sandbox: OwnSandbox): Promise<void> => {
  await change(sandbox);
  await sandbox.act('requester', 'query-by-hl7', { patient: PATIENT });
  await sandbox.act('requester', 'find-by-hl7', { family: 'Smith' });
};

/** How a project of this pattern is judged where it serves itself in this dialect. */
export const ownSeat: OwnSeat = {
  driven: {
    ...provider,
    profile: async (target, sandbox) => {
      const profile = await known(sandbox);
      return { ...profile, slots: [await freeSlot(target, profile.credentials.authorization)] };
    },
  },
  watched: [{ participants: ['requester'], play: askBothWays }],
  mllp: { participant: 'provider', keeps: 'provider/FHIR/R4', profile: { originalModeOnly: true } },
};
