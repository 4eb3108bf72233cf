import { hl7Rules, runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import type { OwnSandbox, OwnSeats } from '../../sandbox/conformance/own-seats.ts';

const freeSlot = async (target: string, authorization: string): Promise<string> => {
  const response = await fetch(`${target}/Slot?status=free&_count=1`, { headers: { authorization } });
  const { entry = [] } = (await response.json()) as { entry?: { resource: { id: string } }[] };
  return entry[0]?.resource.id ?? '';
};

const PATIENT = '9000000009';
const provider = { target: 'provider/FHIR/R4', auth: 'bearer', seats: { requester: 'external' } } as const;
const known = async (sandbox: OwnSandbox) => {
  const authorization = await sandbox.authorizationOf('requester');
  return { consentToWrite: true, limit: 5000, ids: { patient: PATIENT }, credentials: { authorization } };
};

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
      driven: {
        ...provider,
        profile: async (target, sandbox) => {
          const profile = await known(sandbox);
          return { ...profile, slots: [await freeSlot(target, profile.credentials.authorization)] };
        },
      },
      watched: [{ participants: ['requester'], play: askBothWays }],
      mllp: { participant: 'provider', keeps: 'provider/FHIR/R4', profile: { originalModeOnly: true } },
    },
    pds: { driven: { ...provider, profile: (_target, sandbox) => known(sandbox) }, watched },
  },
};
