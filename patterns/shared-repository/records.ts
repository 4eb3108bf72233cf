import { diseasesOf } from '../../sandbox/dialects/imms-vaccines.ts';
import { NHS_NUMBER_SYSTEM } from '../../sandbox/nhs-number.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { ODS_CODE } from '../../sandbox/seed/systems.ts';
import type { Change } from './merging.ts';
import { firstOrganisations, type Organisation } from './organisations.ts';
import { referenceTo } from './provenance.ts';

/** Ids of records that the seed puts there. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  'fhir-r4': 'CarePlan/shared-plan',
  imms: 'Immunization/3f0c8a5e-6a53-4b7c-9a51-5d1f0c9e2b71',
  pds: 'Patient/9000000009',
};

export const exampleRecord = (dialect: string): string => EXAMPLES[dialect] ?? 'Patient/9000000009';

/** As whom a participant writes; who has been given another organisation is told so by the repository's permissions. */
export const organisationIn = (dialect: string, participant: string): Organisation => {
  const all = firstOrganisations(dialect);
  return all.find((one) => one.participant === participant) ?? { id: participant, title: participant, permissions: [] };
};

const SYSTEM = 'https://integration.example/id/contributor';

export interface NewRecord {
  readonly by: Organisation;
  /** The contributor's own number for it. */
  readonly value: string;
  /** A patient's NHS number; whose is not known is recorded without one. */
  readonly patient?: string;
  readonly vaccine?: string;
  readonly at: number;
}

/** A plan that several organisations keep together. */
const carePlan = ({ by, value, patient, at }: NewRecord) => ({
  resourceType: 'CarePlan',
  identifier: [{ system: `${SYSTEM}:${by.id}`, value }],
  status: 'active',
  intent: 'plan',
  title: 'Urgent care plan',
  subject: patient === undefined ? { display: 'Somebody without an NHS number' } : { reference: `Patient/${patient}` },
  created: new Date(at).toISOString(),
  author: referenceTo(by),
  note: [{ authorString: by.title, text: 'Prefers to be cared for at home' }],
});

const contained = (patient: string | undefined) => ({
  resourceType: 'Patient',
  id: 'Pat1',
  ...(patient === undefined ? {} : { identifier: [{ system: NHS_NUMBER_SYSTEM, value: patient }] }),
  name: [{ family: 'Smith', given: ['Jane'] }],
  gender: 'female',
  birthDate: '2010-10-22',
  address: [{ postalCode: 'LS1 6AE' }],
});

/** A vaccination, with who gave it and for which organisation; a place without an ODS code is named by what number it has. */
const immunization = ({ by, value, patient, vaccine = 'FLU', at }: NewRecord) => ({
  resourceType: 'Immunization',
  contained: [contained(patient)],
  extension: [
    {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure',
      valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '822851000000102' }] },
    },
  ],
  identifier: [{ system: `${SYSTEM}:${by.id}`, value }],
  status: 'completed',
  vaccineCode: { coding: [{ system: 'http://snomed.info/sct', code: '39566211000001103' }] },
  patient: { reference: '#Pat1' },
  occurrenceDateTime: new Date(at).toISOString(),
  recorded: new Date(at).toISOString(),
  primarySource: true,
  location: { identifier: by.identifier ?? { system: ODS_CODE, value: 'X99999' } },
  lotNumber: '4120Z001',
  performer: [{ actor: referenceTo(by) }],
  protocolApplied: [{ targetDisease: diseasesOf(vaccine), doseNumberPositiveInt: 1 }],
});

export const newRecord = (dialect: string, wanted: NewRecord) =>
  dialect === 'imms' ? immunization(wanted) : carePlan(wanted);

/** What a contributor changes when nobody says what: each of the two something else. */
export const usualChange = (ctx: Ctx, by: Organisation): Change => {
  const first = ctx.participant.name === 'contributor';
  if (ctx.dialect.id === 'imms')
    return first
      ? { set: { lotNumber: '4120Z002' }, add: {} }
      : { set: {}, add: { reasonCode: { coding: [{ system: 'http://snomed.info/sct', code: '443684005' }] } } };
  if (ctx.dialect.id === 'pds')
    return first ? { set: { gender: 'unknown' }, add: {} } : { set: { birthDate: '2010-10-23' }, add: {} };
  return first
    ? { set: { title: 'Urgent care plan, reviewed' }, add: {} }
    : { set: {}, add: { note: { authorString: by.title, text: 'Has an inhaler at school' } } };
};
