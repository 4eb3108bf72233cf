import { at, json, list, type Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { CONFIDENTIALITY } from './pointer.ts';

const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
export const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';
/** What is used where the profile names nothing: numbers of the public sandboxes. */
const PATIENT = '9000000009';
const OTHER_PATIENT = '9990000018';

/** How a registry is driven in a dialect. */
export interface Manner {
  /** Where the pointers are, below the target, by who asks. */
  pointersAt(side: 'producer' | 'consumer'): string;
  /** Beside the ids of a request. */
  headers(session: Session): Readonly<Record<string, string>>;
  /** The organisation for which the run registers; and one for which it may not, where one is known. */
  custodian(session: Session): fhir4.Identifier;
  otherCustodian(session: Session): fhir4.Identifier | undefined;
  /** What is asked for beside whose pointers are wanted, and a search by POST: its body, of what type. */
  readonly always: Readonly<Record<string, string>>;
  search(query: URLSearchParams): { readonly type: string; readonly body: string };
}

/** A run that knows it. */
export interface RegistrySession extends Session {
  readonly manner: Manner;
}

export const person = ({ profile }: Session): string => {
  const { patient = PATIENT } = profile.ids;
  return patient.includes('|') ? patient : `${NHS}|${patient}`;
};

export const identifier = (text: string, system: string): fhir4.Identifier => {
  const mark = text.indexOf('|');
  return mark < 0 ? { system, value: text } : { system: text.slice(0, mark), value: text.slice(mark + 1) };
};

export const headerOf = ({ profile }: Session, name: string): string | undefined =>
  Object.entries(profile.headers).find(([key]) => key.toLowerCase() === name)?.[1];

export const headers = (session: RegistrySession): Record<string, string> => ({
  'x-request-id': session.uuid(),
  'x-correlation-id': session.uuid(),
  ...session.manner.headers(session),
});

export const base = ({ target, manner }: RegistrySession, side: 'producer' | 'consumer'): string =>
  `${target.replace(/\/(?:producer|consumer)\/FHIR\/R4$/, '')}${manner.pointersAt(side)}`;

const SNOMED = 'http://snomed.info/sct';
const ENGLAND = 'https://fhir.nhs.uk/England';

export const TYPE = { coding: [{ system: SNOMED, code: '736253002', display: 'Mental health crisis plan' }] };
export const OTHER_TYPE = { coding: [{ system: SNOMED, code: '736373009', display: 'End of life care plan' }] };
export const otherPerson = (session: Session): fhir4.Identifier => {
  const [mine, other] = [identifier(person(session), NHS).value, OTHER_PATIENT];
  return { system: NHS, value: mine === other ? PATIENT : other };
};

/** A pointer that both dialects take, about the profile's patient. It leads nowhere, and is withdrawn at the end. */
export const pointer = (session: RegistrySession, changes: object = {}): object => {
  const organisation = { identifier: session.manner.custodian(session) };
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
  session: RegistrySession,
  step: string,
  query: Readonly<Record<string, string>>,
  method: 'GET' | 'POST' = 'POST',
): Promise<Observation> => {
  const { manner } = session;
  const asked = new URLSearchParams({ ...query, ...manner.always });
  if (method === 'GET')
    return session.http(step, { method, path: `${base(session, 'consumer')}?${asked}`, headers: headers(session) });
  const { type, body } = manner.search(asked);
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
