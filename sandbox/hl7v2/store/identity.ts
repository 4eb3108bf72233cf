import { theMatch } from '../../fhir/conditional.ts';
import type { StoredRow } from '../../fhir/stored.ts';
import type { WritingCtx } from '../../fhir/write-guard.ts';
import type { Tx } from '../../sql/port.ts';
import { contentId } from '../content-id.ts';
import { isJson, type Json } from '../to-fhir/element.ts';

/** What tells two resources of a type apart, where they have no identifiers of their own. */
const TOLD_BY: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['patient', 'code'],
  Condition: ['subject', 'encounter', 'code', 'onsetDateTime'],
  Coverage: ['beneficiary', 'type', 'payor'],
  Encounter: ['subject', 'class', 'period'],
  Immunization: ['patient', 'vaccineCode', 'occurrenceDateTime'],
  Location: ['identifier', 'name'],
  Observation: ['subject', 'basedOn', 'code', 'effectiveDateTime'],
  Organization: ['identifier', 'name'],
  Practitioner: ['identifier', 'name'],
  PractitionerRole: ['practitioner', 'organization'],
  Procedure: ['subject', 'code', 'performedDateTime'],
  RelatedPerson: ['patient', 'name', 'relationship'],
};

/** An id that the same content always has in a store. */
const idOf = (content: unknown): string => contentId(JSON.stringify(content));

/** One message's resources of a type that nothing tells apart are told apart by the message. */
export const madeUpId = (resource: Json, message: string): string => {
  const { resourceType } = resource;
  const told = TOLD_BY[String(resourceType)];
  if (told === undefined) return idOf([resourceType, message, resource]);
  return idOf([resourceType, ...told.map((name) => resource[name] ?? null)]);
};

/** Only what names a thing among all others: a number with its system, or with who gave it. */
const identifiersOf = (resource: Json): readonly Json[] => {
  const own = Array.isArray(resource.identifier) ? resource.identifier : [];
  return [...own, resource.masterIdentifier].filter(isJson).filter(({ value }) => typeof value === 'string');
};

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

const token = ({ system, value }: Json): string => {
  const escaped = (text: unknown): string => String(text).replace(/[\\$,|]/g, '\\$&');
  return system === undefined ? `|${escaped(value)}` : `${escaped(system)}|${escaped(value)}`;
};

/** The stored resource that one of a message's is about, by its identifiers. Several matches are a 412. */
export const findStored = async (ctx: WritingCtx, tx: Tx, resource: Json): Promise<StoredRow | undefined> => {
  for (const identifier of identifiersOf(resource)) {
    const criteria = new URLSearchParams({ identifier: token(identifier) });
    const row = await theMatch(ctx, tx, String(resource.resourceType), criteria);
    if (row === undefined) continue;
    const stored: unknown = JSON.parse(row.body);
    if (isJson(stored) && identifiersOf(stored).some((one) => isSameIdentifier(one, identifier))) return row;
  }
  return undefined;
};
