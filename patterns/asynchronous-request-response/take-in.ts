import { relinked } from '../../sandbox/fhir/bundle/links.ts';
import type { FhirMessage } from '../../sandbox/fhir/message.ts';
import { find, update } from '../../sandbox/fhir/repository.ts';
import { within } from '../../sandbox/fhir/search/indexed-store.ts';
import { findMatches } from '../../sandbox/fhir/search/query.ts';
import type { FhirResource, StoredResource } from '../../sandbox/fhir/stored.ts';
import type { WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import { INVALID_RESOURCE, problem } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

/** What may come along with a referral and is kept beside it; nothing else of the receiver's can be written by a message. */
const KEPT = new Set([
  'CarePlan',
  'Communication',
  'Condition',
  'Consent',
  'DocumentReference',
  'Encounter',
  'Flag',
  'HealthcareService',
  'Location',
  'Observation',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'QuestionnaireResponse',
  'RelatedPerson',
]);

const numbersOf = (patient: FhirResource): string[] =>
  (Array.isArray(patient.identifier) ? patient.identifier : []).flatMap(
    (identifier: { system?: unknown; value?: unknown }) =>
      identifier.system === NHS_NUMBER && typeof identifier.value === 'string' ? [identifier.value] : [],
  );

/** The person as this participant knows them by NHS number; else as the message says, under a new id where the id is taken. */
const takePatient = async (ctx: WritingCtx, tx: Tx, patient: FhirResource): Promise<string> => {
  for (const number of numbersOf(patient)) {
    const [known] = await findMatches(
      within(tx, ctx.store),
      'Patient',
      new URLSearchParams({ identifier: `${NHS_NUMBER}|${number}` }),
      1,
    );
    if (known !== undefined) return known.id;
  }
  const taken = patient.id === undefined || (await find(ctx, tx, 'Patient', patient.id)) !== undefined;
  const id = taken || patient.id === undefined ? ctx.uuid() : patient.id;
  await update(ctx, tx, id, { ...patient, id });
  return id;
};

/**
 * Keeps what a message is about: people are matched by NHS number, what belongs to the focus comes along under its own id,
 * and references within the message become references here.
 */
export const takeIn = async (
  ctx: WritingCtx,
  tx: Tx,
  message: FhirMessage,
  focus: FhirResource,
): Promise<StoredResource> => {
  const ids = new Map<FhirResource, string>();
  for (const { resource } of message.content) {
    if (resource.resourceType === 'Patient') ids.set(resource, `Patient/${await takePatient(ctx, tx, resource)}`);
    else if (resource.id !== undefined) ids.set(resource, `${resource.resourceType}/${resource.id}`);
  }
  const named = new Map(
    message.content.flatMap(({ fullUrl, resource }): (readonly [string, string])[] => {
      const id = ids.get(resource);
      return id === undefined
        ? []
        : [
            [fullUrl, id],
            [`urn:uuid:${resource.id}`, id],
            [`${resource.resourceType}/${resource.id}`, id],
          ];
    }),
  );
  const linked = (resource: FhirResource): FhirResource => relinked(resource, (link) => named.get(link));
  for (const { resource } of message.content)
    if (KEPT.has(resource.resourceType) && resource !== focus && resource.id !== undefined)
      await update(ctx, tx, resource.id, linked(resource));
  if (focus.id === undefined)
    throw problem(INVALID_RESOURCE, `The ${focus.resourceType} has no id`, { at: `${focus.resourceType}.id` });
  return (await update(ctx, tx, focus.id, linked(focus))).stored;
};
