import { at, json, list, type Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { CONFIDENTIALITY } from './pointer.ts';

const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';
const ODS_HEADER = 'nhsd-end-user-organisation-ods';
/** What is used where the profile names nothing: a number of the public sandboxes, and codes that are nobody's. */
const PATIENT = '9000000009';
const OTHER_PATIENT = '9990000018';
const OWN_ODS = 'X99199';
const OTHER_ODS = 'X99198';
const OWN_CUSTODIAN = 'https://integration.example/id/conformance|FPCONF';

export const isNrl = ({ dialect }: Pick<Session, 'dialect'>): boolean => dialect === 'nrl';

export const person = ({ profile }: Session): string => {
  const { patient = PATIENT } = profile.ids;
  return patient.includes('|') ? patient : `${NHS}|${patient}`;
};

const identifier = (text: string, system: string): fhir4.Identifier => {
  const mark = text.indexOf('|');
  return mark < 0 ? { system, value: text } : { system: text.slice(0, mark), value: text.slice(mark + 1) };
};

const headerOf = ({ profile }: Session, name: string): string | undefined =>
  Object.entries(profile.headers).find(([key]) => key.toLowerCase() === name)?.[1];

/** The organisation for which the run registers: the caller's in NRL, else the profile's. */
export const custodian = (session: Session): fhir4.Identifier =>
  isNrl(session)
    ? { system: ODS, value: headerOf(session, ODS_HEADER) ?? OWN_ODS }
    : identifier(session.profile.ids.custodian ?? OWN_CUSTODIAN, ODS);

/** One for which it may not; in plain FHIR only who is asked knows of one. */
export const otherCustodian = (session: Session): fhir4.Identifier | undefined => {
  const { otherCustodian: other } = session.profile.ids;
  if (other !== undefined) return identifier(other, ODS);
  return isNrl(session) ? { system: ODS, value: OTHER_ODS } : undefined;
};

export const headers = (session: Session): Record<string, string> => ({
  'x-request-id': session.uuid(),
  'x-correlation-id': session.uuid(),
  ...(isNrl(session) && headerOf(session, ODS_HEADER) === undefined ? { [ODS_HEADER]: OWN_ODS } : {}),
});

const target = ({ target: url }: Session): string => url.replace(/\/(?:producer|consumer)\/FHIR\/R4$/, '');

/** Of NRL the target is what both APIs lie below: `…/record-locator`. */
export const base = (session: Session, side: 'producer' | 'consumer'): string =>
  `${target(session)}${isNrl(session) ? `/${side}/FHIR/R4` : ''}/DocumentReference`;

const SNOMED = 'http://snomed.info/sct';
const ENGLAND = 'https://fhir.nhs.uk/England';

export const TYPE = { coding: [{ system: SNOMED, code: '736253002', display: 'Mental health crisis plan' }] };
export const OTHER_TYPE = { coding: [{ system: SNOMED, code: '736373009', display: 'End of life care plan' }] };
export const otherPerson = (session: Session): fhir4.Identifier => {
  const [mine, other] = [identifier(person(session), NHS).value, OTHER_PATIENT];
  return { system: NHS, value: mine === other ? PATIENT : other };
};

/** A pointer that both dialects take, about the profile's patient. It leads nowhere, and is withdrawn at the end. */
export const pointer = (session: Session, changes: object = {}): object => {
  const organisation = { identifier: custodian(session) };
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    type: TYPE,
    category: [{ coding: [{ system: SNOMED, code: '734163000', display: 'Care plan' }] }],
    subject: { identifier: identifier(person(session), NHS) },
    author: [organisation],
    custodian: organisation,
    description: 'Registered by a conformance run, and withdrawn at its end',
    content: [
      {
        attachment: { contentType: 'text/plain', url: 'https://conformance.integration.example/documents/1' },
        format: {
          system: `${ENGLAND}/CodeSystem/England-NRLFormatCode`,
          code: 'urn:nhs-ic:unstructured',
          display: 'Unstructured Document',
        },
        extension: [
          {
            url: `${ENGLAND}/StructureDefinition/Extension-England-ContentStability`,
            valueCodeableConcept: {
              coding: [
                { system: `${ENGLAND}/CodeSystem/England-NRLContentStability`, code: 'static', display: 'Static' },
              ],
            },
          },
        ],
      },
    ],
    context: {
      practiceSetting: { coding: [{ system: SNOMED, code: '788002001', display: 'Adult mental health service' }] },
    },
    ...changes,
  };
};

/** A search, in the way that each dialect has it. */
export const search = (
  session: Session,
  step: string,
  query: Readonly<Record<string, string>>,
  method: 'GET' | 'POST' = 'POST',
): Promise<Observation> => {
  const asked = new URLSearchParams(isNrl(session) ? query : { ...query, status: 'current' });
  if (method === 'GET')
    return session.http(step, { method, path: `${base(session, 'consumer')}?${asked}`, headers: headers(session) });
  const [type, body] = isNrl(session)
    ? ['application/json', JSON.stringify(Object.fromEntries(asked))]
    : ['application/x-www-form-urlencoded', asked.toString()];
  const sent = { ...headers(session), 'content-type': type };
  return session.http(step, { method, path: `${base(session, 'consumer')}/_search`, headers: sent, body });
};

const bodyOf = (observation: Observation): unknown =>
  observation.reply === undefined ? undefined : json({ ...observation, reply: observation.reply });

export const foundIn = (observation: Observation): readonly unknown[] =>
  list(at(bodyOf(observation), 'entry'))
    .map((entry) => at(entry, 'resource'))
    .filter((resource) => at(resource, 'resourceType') === 'DocumentReference');

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Marked R or V: to be had by those alone whom the repository allows. */
export const isLabelled = (found: unknown): boolean =>
  list(at(found, 'securityLabel'))
    .flatMap((label) => list(at(label, 'coding')))
    .some((coding) => at(coding, 'system') === CONFIDENTIALITY && /^[RV]$/.test(text(at(coding, 'code'))));

export const addressOf = (found: unknown): string => text(at(found, 'content', 0, 'attachment', 'url'));
export const madeIn = ({ reply }: Observation): string | undefined =>
  reply?.status === 201
    ? /\/DocumentReference\/([A-Za-z0-9.-]{1,64})/.exec(reply.headers.location ?? '')?.[1]
    : undefined;
