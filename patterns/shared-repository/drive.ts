import { randomUUID } from 'node:crypto';
import { driveTokens, driveTypes } from '../../sandbox/conformance/drive-refusals.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { drivePds } from './drive-pds.ts';
import { driveRecords } from './drive-records.ts';

export const idsOf = (session: Session) => ({ 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() });

const NUMBER = 'https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C';

/** What can be seen without writing, in each dialect. */
const READING: Readonly<
  Record<string, { readonly unknown: string; readonly malformed?: string; readonly plain: string }>
> = {
  'fhir-r4': { unknown: '/CarePlan/conformance-nobody-has-this-id', plain: '/Patient?_count=1' },
  imms: {
    unknown: `/Immunization/${randomUUID()}`,
    malformed: `/Immunization?patient.identifier=${NUMBER}9000000000&-immunization.target=FLU`,
    plain: `/Immunization?patient.identifier=${NUMBER}9000000009&-immunization.target=FLU`,
  },
  pds: { unknown: '/Patient/9111231130', malformed: '/Patient/9000000000', plain: '/Patient/9000000009' },
};

/** Gathers the evidence about a repository; nothing is written without the profile's consent. */
export const drive = async (session: Session): Promise<void> => {
  const reading = READING[session.dialect];
  if (reading === undefined) return;
  const get = (step: string, path: string) => session.http(step, { method: 'GET', path, headers: idsOf(session) });
  if (session.dialect === 'fhir-r4') {
    await get('metadata', '/metadata');
    await driveTypes(session, '/Patient');
  }
  await get('read-unknown', reading.unknown);
  if (reading.malformed !== undefined) await get('read-malformed', reading.malformed);
  await driveTokens(session, { method: 'GET', path: reading.plain, headers: idsOf(session) });
  if (session.dialect === 'pds') await drivePds(session);
  else await driveRecords(session);
};
