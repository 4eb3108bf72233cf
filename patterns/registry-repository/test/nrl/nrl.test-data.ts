import { randomUUID } from 'node:crypto';
import { type Answered, call } from '../../../../sandbox/pattern-harness.test-data.ts';

const TRUST = 'X99101';

/** One request to NRL, with the headers that it asks for, unless told otherwise. */
export const nrl = (
  url: string,
  options: { method?: string; headers?: Readonly<Record<string, string>>; ods?: string; body?: unknown } = {},
): Promise<Answered> => {
  const { ods = TRUST, headers = {}, ...rest } = options;
  const all = { 'x-request-id': randomUUID(), 'nhsd-end-user-organisation-ods': ods, ...headers };
  return call(url, { ...rest, headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')) });
};

/** A pointer as NRL's specification has it, in our own words. */
export const nrlPointer = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://snomed.info/sct', code: '736253002', display: 'Mental health crisis plan' }] },
  category: [{ coding: [{ system: 'http://snomed.info/sct', code: '734163000', display: 'Care plan' }] }],
  subject: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' } },
  author: [{ identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'X99101' } }],
  custodian: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'X99101' } },
  content: [content('https://repository.example/crisis-plan.pdf')],
  context: {
    practiceSetting: {
      coding: [{ system: 'http://snomed.info/sct', code: '788002001', display: 'Adult mental health service' }],
    },
  },
  ...changes,
});

const ENGLAND = 'https://fhir.nhs.uk/England';

export const content = (url: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  attachment: { contentType: 'application/pdf', url },
  format: {
    system: `${ENGLAND}/CodeSystem/England-NRLFormatCode`,
    code: 'urn:nhs-ic:unstructured',
    display: 'Unstructured Document',
  },
  extension: [
    {
      url: `${ENGLAND}/StructureDefinition/Extension-England-ContentStability`,
      valueCodeableConcept: {
        coding: [{ system: `${ENGLAND}/CodeSystem/England-NRLContentStability`, code: 'static', display: 'Static' }],
      },
    },
  ],
  ...changes,
});

export const ods = (value: string) => ({
  identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value },
});
export const subject = (value: string) => ({ identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value } });
