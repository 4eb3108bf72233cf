import type { OpenApiDocument } from './contract-schema.ts';
import type { ParticipantManifest } from './manifest.ts';
import { offers } from './serving.ts';

const entriesOf = (value: unknown): (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const isOffered = (role: ParticipantManifest, operation: unknown): boolean => {
  const { operationId, tags } = Object.fromEntries(entriesOf(operation));
  return typeof operationId === 'string' && offers(role, { operationId, tags: Array.isArray(tags) ? tags : [] });
};

/** `/FHIR/R4`, or what an API has as its FHIR base below a path of its own: `/record-locator/producer/FHIR/R4`. */
const fhirBaseIn = (path: string): string | undefined => /^.*?\/FHIR\/R4(?=\/|$)/.exec(path)?.[0];

export interface Place {
  readonly protocol: 'fhir-r4' | 'http';
  readonly path: string;
  /** What is offered there. */
  readonly operations: readonly string[];
}

/** Where the paths that a participant offers begin: each FHIR base, and the participant's own for plain HTTP beside them. */
export const placesOf = (contract: OpenApiDocument, role: ParticipantManifest): readonly Place[] => {
  const offered = entriesOf(contract.paths).flatMap(([path, item]) =>
    entriesOf(item).flatMap(([, operation]) =>
      isOffered(role, operation)
        ? [{ base: fhirBaseIn(path), id: String(Object.fromEntries(entriesOf(operation)).operationId) }]
        : [],
    ),
  );
  return [...Map.groupBy(offered, ({ base }) => base)]
    .toSorted(([a], [b]) => Number(a === undefined) - Number(b === undefined))
    .map(([path, those]) => ({
      protocol: path === undefined ? 'http' : 'fhir-r4',
      path: path ?? '',
      operations: those.map(({ id }) => id),
    }));
};
