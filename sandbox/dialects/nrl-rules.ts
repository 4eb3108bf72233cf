import type { Dialect } from '../dialect.ts';
import type { FhirResource } from '../fhir/stored.ts';
import { NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import { items, namedBy, part } from '../pointers/pointer.ts';
import { INVALID_POINTER } from '../pointers/problems.ts';
import { type Fault, type Problem, problem } from '../problem.ts';
import { ODS_SYSTEM } from './nrl-caller.ts';
import { CODE_VALUE, IDENTIFIER_SYSTEM, IDENTIFIER_VALUE, TYPE_NOT_AGREED } from './nrl-problems.ts';

const SNOMED = 'http://snomed.info/sct';
const FORMAT = 'https://fhir.nhs.uk/England/CodeSystem/England-NRLFormatCode';
const STABILITY = 'https://fhir.nhs.uk/England/StructureDefinition/Extension-England-ContentStability';
const STABILITY_CODES = 'https://fhir.nhs.uk/England/CodeSystem/England-NRLContentStability';
const ASID = 'https://fhir.nhs.uk/Id/nhsSpineASID';
const RELATIONS = ['replaces', 'transforms', 'signs', 'appends', 'incorporates', 'summarizes'];
const FORMATS = ['urn:nhs-ic:record-contact', 'urn:nhs-ic:unstructured'];

const isMissing = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);
const fault = (at: string, detail: string, issue = 'value'): Fault => ({
  at: `DocumentReference.${at}`,
  detail,
  issue,
});
const needed = (pointer: unknown, at: string, ...path: readonly (string | number)[]): Fault[] =>
  isMissing(part(pointer, ...path)) ? [fault(at, `The required field '${at}' is missing`, 'required')] : [];

/** What every pointer has; that it is a valid DocumentReference was seen before. */
const missingIn = (pointer: FhirResource): Fault[] => [
  ...['custodian', 'type', 'subject', 'category', 'author', 'context'].flatMap((name) => needed(pointer, name, name)),
  ...needed(pointer, 'custodian.identifier', 'custodian', 'identifier'),
  ...needed(pointer, 'subject.identifier', 'subject', 'identifier'),
  ...needed(pointer, 'context.practiceSetting', 'context', 'practiceSetting'),
  ...items(pointer.content).flatMap((content, index) => [
    ...needed(content, `content[${index}].attachment.url`, 'attachment', 'url'),
    ...needed(content, `content[${index}].attachment.contentType`, 'attachment', 'contentType'),
    ...needed(content, `content[${index}].format`, 'format'),
  ]),
];

const systemsIn = (pointer: FhirResource): Fault[] => {
  const of = (at: string, identifier: unknown, system: string): Fault[] => {
    const found = namedBy(identifier)?.system;
    return found === system
      ? []
      : [fault(`${at}.identifier.system`, `The system has to be '${system}', not '${found ?? ''}'`, 'invalid')];
  };
  return [
    ...of('custodian', part(pointer, 'custodian', 'identifier'), ODS_SYSTEM),
    ...of('subject', part(pointer, 'subject', 'identifier'), NHS_NUMBER_SYSTEM),
    ...items(pointer.author).flatMap((author, index) => of(`author[${index}]`, part(author, 'identifier'), ODS_SYSTEM)),
  ];
};

const relationsIn = (pointer: FhirResource): Fault[] =>
  items(pointer.relatesTo).flatMap((relation, index) => {
    const code = String(part(relation, 'code'));
    return RELATIONS.includes(code) ? [] : [fault(`relatesTo[${index}].code`, `Invalid relatesTo code: ${code}`)];
  });

const targetsIn = (pointer: FhirResource): Fault[] =>
  items(pointer.relatesTo).flatMap((relation, index) =>
    namedBy(part(relation, 'target', 'identifier')) !== undefined
      ? []
      : [fault(`relatesTo[${index}].target.identifier.value`, 'A relation names its target by identifier', 'required')],
  );

/** Whether content is to be had through the Spine Secure Proxy, which needs the ASID of the system behind it. */
const asidsIn = (pointer: FhirResource): readonly Fault[] => {
  const bySpine = items(pointer.content).some((one) => String(part(one, 'attachment', 'url')).startsWith('ssp://'));
  const asids = items(part(pointer, 'context', 'related')).filter(
    (related) => part(related, 'identifier', 'system') === ASID,
  );
  if (!bySpine && asids.length === 0) return [];
  if (asids.length !== 1)
    return [
      fault('context.related', `An ssp:// URL needs exactly one ASID here; there are ${asids.length}`, 'required'),
    ];
  return [];
};

const asidValuesIn = (pointer: FhirResource): readonly Fault[] =>
  items(part(pointer, 'context', 'related')).flatMap((related, index) => {
    const named = namedBy(part(related, 'identifier'));
    return named?.system !== ASID || /^\d{12}$/.test(named.value)
      ? []
      : [fault(`context.related[${index}].identifier.value`, 'An ASID is 12 digits')];
  });

const categoryIn = (pointer: FhirResource, { pointers }: Dialect): Fault[] => {
  const categories = items(pointer.category);
  const codings = items(part(categories[0], 'coding'));
  if (categories.length !== 1 || codings.length !== 1)
    return [fault('category', 'There has to be one category, with one coding', 'invalid')];
  const code = String(part(codings[0], 'code'));
  const display = pointers?.categories?.[code];
  if (part(codings[0], 'system') !== SNOMED || display === undefined)
    return [fault('category[0].coding[0].code', `Category code is not valid: ${code}`)];
  if (part(codings[0], 'display') !== display)
    return [
      fault('category[0].coding[0].display', `category code '${code}' must have a display value of '${display}'`),
    ];
  const type = pointers?.types?.[String(part(pointer, 'type', 'coding', 0, 'code'))];
  return type === undefined || type.category === code
    ? []
    : [fault('category[0].coding[0].code', `The category of ${type.display} is ${type.category}, not ${code}`)];
};

const contentIn = (pointer: FhirResource): Fault[] =>
  items(pointer.content).flatMap((content, index) => {
    const format = part(content, 'format');
    const stability = items(part(content, 'extension')).filter((one) => part(one, 'url') === STABILITY);
    const coding = part(stability[0], 'valueCodeableConcept', 'coding', 0);
    const known = part(format, 'system') === FORMAT && FORMATS.includes(String(part(format, 'code')));
    const stable =
      part(coding, 'system') === STABILITY_CODES && /^(?:static|dynamic)$/.test(String(part(coding, 'code')));
    return [
      ...(known ? [] : [fault(`content[${index}].format.code`, `The format is one of ${FORMATS.join(', ')}`)]),
      ...(stability.length === 1 && stable
        ? []
        : [
            fault(
              `content[${index}].extension`,
              'Content stability has to be said, once: static or dynamic',
              'required',
            ),
          ]),
    ];
  });

const typeIn = (pointer: FhirResource, { pointers }: Dialect): Fault[] => {
  const coding = part(pointer, 'type', 'coding', 0);
  const code = String(part(coding, 'code'));
  return part(coding, 'system') === SNOMED && pointers?.types?.[code] !== undefined
    ? []
    : [
        fault(
          'type.coding[0].code',
          `The type ${code} is not in the list of types that are registered here`,
          'forbidden',
        ),
      ];
};

/** Refuses what NRL takes for no pointer; what is of one kind is told together. */
export const requireNrlPointer = (dialect: Dialect, pointer: FhirResource): void => {
  const kinds: readonly (readonly [Problem, () => readonly Fault[]])[] = [
    [INVALID_POINTER, () => missingIn(pointer)],
    [IDENTIFIER_SYSTEM, () => systemsIn(pointer)],
    [CODE_VALUE, () => relationsIn(pointer)],
    [IDENTIFIER_VALUE, () => targetsIn(pointer)],
    [INVALID_POINTER, () => asidsIn(pointer)],
    [IDENTIFIER_VALUE, () => asidValuesIn(pointer)],
    [INVALID_POINTER, () => [...categoryIn(pointer, dialect), ...contentIn(pointer)]],
    [TYPE_NOT_AGREED, () => typeIn(pointer, dialect)],
  ];
  for (const [template, faultsOf] of kinds) {
    const faults = faultsOf();
    if (faults.length > 0) throw problem(template, faults);
  }
};
