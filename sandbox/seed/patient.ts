import { NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import {
  COMMUNICATION,
  type Confidentiality,
  confidentiality,
  DEATH_NOTIFICATION,
  DEATH_NOTIFICATION_CODES,
  LANGUAGE_CODES,
  ODS_CODE,
  VERIFICATION_STATUS,
  VERIFICATION_STATUS_CODES,
} from './systems.ts';

/** What is known about a person; all but the id may be missing, as in a poor record. Dates are yyyy-mm-dd. */
export interface PersonFacts {
  /** The NHS number, or another id for somebody who has none. */
  readonly id: string;
  readonly nhsNumber?: string;
  readonly security?: Confidentiality;
  readonly names?: readonly fhir4.HumanName[];
  readonly gender?: fhir4.Patient['gender'];
  readonly birthDate?: string;
  readonly deceased?: string;
  readonly addresses?: readonly fhir4.Address[];
  readonly telecoms?: readonly fhir4.ContactPoint[];
  readonly contacts?: readonly fhir4.PatientContact[];
  readonly practice?: { readonly ods: string; readonly itemId: string; readonly since: string };
  readonly language?: { readonly code: string; readonly display: string };
  readonly birthOrder?: number;
  readonly extensions?: readonly fhir4.Extension[];
  /** The id of the record that replaces this one. */
  readonly replacedBy?: string;
}

const nhsIdentifier = (value: string): fhir4.Identifier => ({
  system: NHS_NUMBER_SYSTEM,
  value,
  extension: [
    {
      url: VERIFICATION_STATUS,
      valueCodeableConcept: {
        coding: [
          { system: VERIFICATION_STATUS_CODES, version: '1.0.0', code: '01', display: 'Number present and verified' },
        ],
      },
    },
  ],
});

const deathNotice = (date: string): fhir4.Extension => ({
  url: DEATH_NOTIFICATION,
  extension: [
    {
      url: 'deathNotificationStatus',
      valueCodeableConcept: {
        coding: [
          {
            system: DEATH_NOTIFICATION_CODES,
            version: '1.0.0',
            code: '2',
            display: 'Formal - death notice received from Registrar of Deaths',
          },
        ],
      },
    },
    { url: 'systemEffectiveDate', valueDateTime: `${date}T00:00:00+00:00` },
  ],
});

const communication = (language: { code: string; display: string }): fhir4.Extension => ({
  url: COMMUNICATION,
  extension: [
    {
      url: 'language',
      valueCodeableConcept: { coding: [{ system: LANGUAGE_CODES, version: '1.0.0', ...language }] },
    },
    { url: 'interpreterRequired', valueBoolean: true },
  ],
});

const list = <T>(items: readonly T[] | undefined): { readonly some: T[] } | undefined =>
  items === undefined || items.length === 0 ? undefined : { some: [...items] };

/** A Patient in the shape that PDS gives its records: list items carry an `id`, the GP is named by ODS code. */
export const patientOf = (facts: PersonFacts): fhir4.Patient => {
  const extensions = [
    ...(facts.deceased === undefined ? [] : [deathNotice(facts.deceased)]),
    ...(facts.language === undefined ? [] : [communication(facts.language)]),
    ...(facts.extensions ?? []),
  ];
  const names = list(facts.names);
  const addresses = list(facts.addresses);
  const telecoms = list(facts.telecoms);
  const contacts = list(facts.contacts);
  const practice = facts.practice;
  return {
    resourceType: 'Patient',
    id: facts.id,
    meta: { security: [confidentiality(facts.security ?? 'U')] },
    ...(extensions.length === 0 ? {} : { extension: extensions }),
    ...(facts.nhsNumber === undefined ? {} : { identifier: [nhsIdentifier(facts.nhsNumber)] }),
    ...(facts.replacedBy === undefined ? {} : { active: false }),
    ...(names && { name: names.some }),
    ...(telecoms && { telecom: telecoms.some }),
    ...(facts.gender === undefined ? {} : { gender: facts.gender }),
    ...(facts.birthDate === undefined ? {} : { birthDate: facts.birthDate }),
    ...(facts.deceased === undefined ? {} : { deceasedDateTime: `${facts.deceased}T00:00:00+00:00` }),
    ...(addresses && { address: addresses.some }),
    ...(facts.birthOrder === undefined ? {} : { multipleBirthInteger: facts.birthOrder }),
    ...(contacts && { contact: contacts.some }),
    ...(practice && {
      generalPractitioner: [
        {
          id: practice.itemId,
          type: 'Organization',
          identifier: { system: ODS_CODE, value: practice.ods, period: { start: practice.since } },
        },
      ],
    }),
    ...(facts.replacedBy === undefined
      ? {}
      : { link: [{ other: { reference: `Patient/${facts.replacedBy}` }, type: 'replaced-by' as const }] }),
  };
};
