import type { OwnSandbox } from '../../sandbox/conformance/own-seats.ts';

export const PATIENT = '9000000009';
export const provider = { target: 'provider/FHIR/R4', auth: 'bearer', seats: { requester: 'external' } } as const;
export const known = async (sandbox: OwnSandbox) => {
  const authorization = await sandbox.authorizationOf('requester');
  return { consentToWrite: true, limit: 5000, ids: { patient: PATIENT }, credentials: { authorization } };
};

/** A record that is read, changed, and changed again. */
export const change = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('requester', 'read-patient', { id: PATIENT });
  await sandbox.act('requester', 'update-patient', { id: PATIENT });
  await sandbox.act('requester', 'update-patient', { id: PATIENT });
};
