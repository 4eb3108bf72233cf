import { waysOf } from '../../sandbox/ways.ts';

export const personAt = (id: string): string => `/FHIR/R4/Patient/${encodeURIComponent(id)}`;

export interface AskingWays {
  /** The body of a PATCH with these JSON Patch operations. */
  patchBody(patches: unknown): unknown;
  /** Where the people are who are related to a patient. */
  relatedTo(patient: string): string;
}

/** Plain FHIR. */
export const ways = waysOf<AskingWays>({
  patchBody: (patches) => patches,
  relatedTo: (patient) => `/FHIR/R4/RelatedPerson?${new URLSearchParams({ patient: `Patient/${patient}` })}`,
});
