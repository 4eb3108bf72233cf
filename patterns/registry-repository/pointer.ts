import type { Ctx } from '../../sandbox/pattern.ts';
import type { Draft } from './documents.ts';
import { categoryOf, typeOf } from './kinds.ts';
import { organisationOf } from './organisations.ts';

export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
/** Names the documents of a sandbox, each once: what a pointer has as its masterIdentifier. */
export const MASTER_SYSTEM = 'https://integration.example/id/document';

const ENGLAND = 'https://fhir.nhs.uk/England';
const coded = (of: string, code: string, display: string): fhir4.Coding => ({
  system: `https://fhir.nhs.uk/England/CodeSystem/England-NRL${of}`,
  code,
  display,
});
const extension = (name: string, coding: fhir4.Coding): fhir4.Extension => ({
  url: `${ENGLAND}/StructureDefinition/Extension-England-${name}`,
  valueCodeableConcept: { coding: [coding] },
});

/** What a document is called in the registry: by whose it is, and by its id there. */
export const masterOf = (ctx: Pick<Ctx, 'dialect'>, participant: string, { id }: Draft): fhir4.Identifier => ({
  system: MASTER_SYSTEM,
  value: `${organisationOf(ctx, participant).identifier.value}-${id.replace('/', '-')}`,
});

/** The pointer of a document. `base` is the FHIR base under which the repository is reached. */
export const pointerTo = (
  ctx: Pick<Ctx, 'dialect'>,
  participant: string,
  draft: Draft,
  base: string,
): fhir4.DocumentReference => {
  const { name, identifier } = organisationOf(ctx, participant);
  const mark = draft.person.indexOf('|');
  const { kind, title, contentType, bytes: size, hash, created } = draft;
  const organisation: fhir4.Reference = { identifier, display: name };
  const category = categoryOf(kind);
  return {
    resourceType: 'DocumentReference',
    masterIdentifier: masterOf(ctx, participant, draft),
    status: 'current',
    docStatus: 'final',
    type: typeOf(kind),
    ...(category.length === 0 ? {} : { category }),
    subject: { identifier: { system: draft.person.slice(0, mark), value: draft.person.slice(mark + 1) } },
    author: [organisation],
    custodian: organisation,
    ...(draft.replaces === undefined
      ? {}
      : {
          relatesTo: [
            { code: 'replaces', target: { type: 'DocumentReference', identifier: { value: draft.replaces } } },
          ],
        }),
    ...(draft.restricted
      ? { securityLabel: [{ coding: [{ system: CONFIDENTIALITY, code: 'R', display: 'restricted' }] }] }
      : {}),
    content: [
      {
        attachment: {
          contentType,
          url: `${base}/${draft.id}`,
          ...(size === undefined ? {} : { size }),
          ...(hash === undefined ? {} : { hash }),
          title,
          creation: created,
        },
        format: coded('FormatCode', 'urn:nhs-ic:unstructured', 'Unstructured Document'),
        extension: [
          extension('ContentStability', coded('ContentStability', 'static', 'Static')),
          extension('NRLRetrievalMechanism', coded('RetrievalMechanism', 'Direct', 'Direct')),
        ],
      },
    ],
    context: {
      practiceSetting: {
        coding: [{ system: 'http://snomed.info/sct', code: '788002001', display: 'Adult mental health service' }],
      },
    },
  };
};
