import { find } from '../../fhir/repository.ts';
import { within } from '../../fhir/search/indexed-store.ts';
import { findMatches } from '../../fhir/search/query.ts';
import type { StoredRow } from '../../fhir/stored.ts';
import type { WritingCtx } from '../../fhir/write-guard.ts';
import { hasValidCheckDigit, isTestNumber, NHS_NUMBER_SYSTEM } from '../../nhs-number.ts';
import { PRECONDITION_FAILED, problem } from '../../problem.ts';
import type { Tx } from '../../sql/port.ts';
import { contentId } from '../content-id.ts';
import { isJson, type Json } from '../to-fhir/element.ts';

/** What tells two resources of a type apart, where no number that both have does. */
const TOLD_BY: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['patient', 'code'],
  CareTeam: ['subject'],
  Condition: ['subject', 'encounter', 'code', 'onsetDateTime'],
  Coverage: ['beneficiary', 'type', 'payor'],
  Device: ['manufacturer', 'deviceName', 'version', 'type'],
  Encounter: ['subject', 'class', 'period.start'],
  Immunization: ['patient', 'vaccineCode', 'occurrenceDateTime'],
  Location: ['name'],
  Observation: ['subject', 'basedOn', 'code', 'effectiveDateTime', 'extension'],
  Organization: ['name'],
  Practitioner: ['name'],
  PractitionerRole: ['practitioner', 'organization'],
  Procedure: ['subject', 'code', 'performedDateTime'],
  RelatedPerson: ['patient', 'name', 'relationship'],
  Specimen: ['subject', 'request', 'type'],
};

/** What OBX-4 says: which results under one code belong together. */
const SUB_ID = 'http://hl7.org/fhir/StructureDefinition/observation-v2-subid';

const memberOf = (resource: Json, path: string): unknown => {
  const { extension } = resource;
  if (path === 'extension') return Array.isArray(extension) ? extension.find(({ url }) => url === SUB_ID) : undefined;
  return path.split('.').reduce<unknown>((value, name) => (isJson(value) ? value[name] : undefined), resource);
};

/** An id that the same content always has in a store. */
const idOf = (content: unknown): string => contentId(JSON.stringify(content));

/**
 * An id for what is new. What nothing tells apart within a message is told by its place there (`nth`, from 0): the lines of a
 * report in text have one code, and a report that is corrected has them in the same order. What nothing tells apart at all
 * is told by the message.
 */
export const madeUpId = (resource: Json, message: string, nth: number): string => {
  const { resourceType, identifier } = resource;
  const told = TOLD_BY[String(resourceType)];
  const place = nth === 0 ? [] : [nth];
  if (told === undefined) return idOf([resourceType, message, resource, ...place]);
  return idOf([resourceType, identifier ?? null, ...told.map((path) => memberOf(resource, path) ?? null), ...place]);
};

/** Only what names a thing among all others: a number with its system, or with who gave it. */
export const identifiersOf = (resource: Json): readonly Json[] => {
  const own = Array.isArray(resource.identifier) ? resource.identifier : [];
  return [...own, resource.masterIdentifier].filter(isJson).filter(tells);
};

/** What stands for an NHS number that is not known (0000000000), or was mistyped, would make one person of all who have it. */
const tells = ({ system, value }: Json): boolean =>
  typeof value === 'string' &&
  (system !== NHS_NUMBER_SYSTEM || (hasValidCheckDigit(value) && (isTestNumber(value) || !/^(\d)\1+$/.test(value))));

const authorityOf = ({ assigner }: Json): string => {
  if (!isJson(assigner)) return '';
  const identifier = isJson(assigner.identifier) ? assigner.identifier.value : undefined;
  return String(identifier ?? assigner.display ?? '');
};

/** Whether two identifiers say the same: the system, else who gave the number, and the number. */
export const isSameIdentifier = (one: Json, other: Json): boolean =>
  one.value === other.value &&
  (one.system !== undefined || other.system !== undefined
    ? one.system === other.system
    : authorityOf(one) === authorityOf(other));

/** Whom it is about; an Account has a list of them, and what somebody does is about that person. */
const personOf = ({ subject, patient, beneficiary, practitioner }: Json): unknown =>
  [subject, patient, beneficiary, practitioner].flat().find(isJson)?.reference;

const isQualified = (number: Json): boolean => number.system !== undefined || authorityOf(number) !== '';

/** A number that nobody is said to have given tells the visits and orders of one person apart: every hospital has a V1. */
const haveInCommon = (one: Json, other: Json): boolean =>
  identifiersOf(one).some((number) => {
    if (!isQualified(number) && personOf(one) !== personOf(other)) return false;
    return identifiersOf(other).some((known) => isSameIdentifier(number, known));
  });

/** Of these one number may have several: a laboratory's number is that of a sample, on which several tests are reported. */
const NUMBERED_WITH: Readonly<Record<string, string>> = {
  DiagnosticReport: 'code',
  Immunization: 'vaccineCode',
  ServiceRequest: 'code',
};

const codeOf = (resource: Json): string | undefined => {
  const concept = resource[NUMBERED_WITH[String(resource.resourceType)] ?? ''];
  if (!isJson(concept)) return undefined;
  const [coding]: readonly unknown[] = Array.isArray(concept.coding) ? concept.coding : [];
  const code = isJson(coding) ? coding.code : concept.text;
  return typeof code === 'string' ? code : undefined;
};

/** One that says no code may be any of its number: ORC without its OBR. */
const mayBeOfOneCode = (one: Json, other: Json): boolean =>
  [codeOf(one), undefined].includes(codeOf(other)) || codeOf(one) === undefined;

/** Whether they have a number in common and, where that is not enough, may be of one code. */
export const isSame = (one: Json, other: Json): boolean =>
  one.resourceType === other.resourceType && mayBeOfOneCode(one, other) && haveInCommon(one, other);

const token = ({ system, value }: Json): string => {
  const escaped = (text: unknown): string => String(text).replace(/[\\$,|]/g, '\\$&');
  return system === undefined ? `|${escaped(value)}` : `${escaped(system)}|${escaped(value)}`;
};

/** As many others may have the same number of another authority. */
const LOOKED_AT = 100;

/** Of a number that nobody is said to have given, every hospital has one: only this person's are looked at. */
const whose = (resource: Json, identifier: Json): { patient?: string } => {
  const person = personOf(resource);
  return !isQualified(identifier) && typeof person === 'string' && person.startsWith('Patient/')
    ? { patient: person }
    : {};
};

/** Those that have a number of a resource in common with it. */
const havingNumber = async (ctx: WritingCtx, tx: Tx, resource: Json, identifier: Json): Promise<readonly Json[]> => {
  const rows = await findMatches(
    within(tx, ctx.store),
    String(resource.resourceType),
    new URLSearchParams({ identifier: token(identifier), ...whose(resource, identifier) }),
    LOOKED_AT,
    { now: ctx.now(), ...(ctx.fhirBases === undefined ? {} : { bases: ctx.fhirBases }) },
  );
  const found = rows.map(({ body }): unknown => JSON.parse(body)).filter(isJson);
  return found.filter((stored) =>
    haveInCommon({ ...resource, identifier: [identifier], masterIdentifier: undefined }, stored),
  );
};

/** Who was merged into somebody may have left them a number: it means who goes on, unless a merger is about it. */
const current = (all: readonly Json[], { active }: Json): readonly Json[] => {
  const found = all.filter((one) => (one.active === false) === (active === false));
  return found.length > 0 ? found : all;
};

/**
 * The stored resource that one of a message's is about, by its identifiers. An order whose test was changed is the same
 * order, unless several have its number. Several of one number that nothing else tells apart are a 412.
 */
export const findStored = async (ctx: WritingCtx, tx: Tx, resource: Json): Promise<StoredRow | undefined> => {
  const type = String(resource.resourceType);
  for (const identifier of identifiersOf(resource)) {
    const all = current(await havingNumber(ctx, tx, resource, identifier), resource);
    const exact = all.filter((stored) => codeOf(stored) === codeOf(resource));
    const same = exact.length > 0 ? exact : all.filter((stored) => mayBeOfOneCode(stored, resource));
    const [match, second] = same.length > 0 || type === 'DiagnosticReport' ? same : all;
    if (match === undefined) continue;
    if (second === undefined) return find(ctx, tx, type, String(match.id));
    if (same.length > 0)
      throw problem(PRECONDITION_FAILED, `Several ${type} resources have this number; it has to be of at most one`);
  }
  return undefined;
};
