import { diseasesOf, VACCINE_TYPES } from '../../sandbox/dialects/imms-vaccines.ts';
import { NHS_NUMBER_SYSTEM } from '../../sandbox/nhs-number.ts';
import { ODS_CODE } from '../../sandbox/seed/systems.ts';
import type { Question } from './asking.ts';
import { CONTRIBUTOR_SYSTEM, type NewRecord } from './care-plan.ts';
import type { Change } from './merging.ts';
import { referenceTo } from './provenance.ts';

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
export const vaccination = ({ by, value, patient, vaccine = 'FLU', at }: NewRecord) => ({
  resourceType: 'Immunization',
  contained: [contained(patient)],
  extension: [
    {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure',
      valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '822851000000102' }] },
    },
  ],
  identifier: [{ system: `${CONTRIBUTOR_SYSTEM}:${by.id}`, value }],
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

/** The first corrects the lot, and the other adds why it was given. */
export const vaccinationChanges = (isFirst: boolean): Change =>
  isFirst
    ? { set: { lotNumber: '4120Z002' }, add: {} }
    : { set: {}, add: { reasonCode: { coding: [{ system: 'http://snomed.info/sct', code: '443684005' }] } } };

/** All that somebody was given. */
export const vaccinationsOf = (number: string): Question => ({
  method: 'POST',
  path: '/FHIR/R4/Immunization/_search',
  body: new URLSearchParams({
    'patient.identifier': `${NHS_NUMBER_SYSTEM}|${number}`,
    '-immunization.target': VACCINE_TYPES.join(','),
  }).toString(),
});
