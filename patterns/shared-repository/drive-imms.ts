import { randomUUID } from 'node:crypto';
import { driveIn } from '../../sandbox/conformance/drive.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { driveReading } from './drive-reading.ts';
import { driveRecords, type Manner } from './drive-records.ts';
import { writesAs } from './organisations.ts';
import { vaccination } from './vaccination.ts';

const NUMBER = 'https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C';
const searched = (number: string): string =>
  `/Immunization?patient.identifier=${NUMBER}${number}&-immunization.target=FLU`;

const manner: Manner = {
  newRecord: (session) => {
    const at = Date.UTC(2026, 0, 5);
    return vaccination({ by: writesAs('contributor'), value: session.uuid(), patient: '9990000026', at });
  },
  versionHeader: 'e-tag',
  conditionHeader: 'e-tag',
  isReinstatedOnVersion: true,
};

/** Vaccinations. */
export const drive = driveIn(['imms'], async (session: Session) => {
  const unknown = `/Immunization/${randomUUID()}`;
  await driveReading(session, { unknown, malformed: searched('9000000000'), plain: searched('9000000009') });
  await driveRecords(session, manner);
});
