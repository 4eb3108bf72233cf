/** A resource of R4, as parsed. Numbers may be raw JSON (json.ts), so nothing here computes with them. */
export interface FhirResource {
  readonly resourceType: string;
  readonly id?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly [element: string]: unknown;
}

/** One version of a resource, as it lies in the store. `updated` is milliseconds on the sandbox clock. */
export interface StoredVersion {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly updated: number;
  /** The text that is served; empty for a deletion. */
  readonly body: string;
}

/** The current version, with its place in the index. */
export interface StoredResource extends StoredVersion {
  readonly space: number;
  readonly rk: number;
}

/** What the store holds under an id: a resource, or the mark that it was deleted. */
export interface StoredRow extends StoredResource {
  readonly deleted: boolean;
}

export const isResource = (value: unknown): value is FhirResource =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  'resourceType' in value &&
  typeof value.resourceType === 'string';

/** FHIR R4 datatypes.html#id. */
export const isLogicalId = (id: string): boolean => /^[A-Za-z0-9\-.]{1,64}$/.test(id);

/** `W/"3"`: FHIR R4 http.html#versions. */
export const etagOf = (version: number): string => `W/"${version}"`;

/**
 * The resource as it will be served: its identity first, then `meta` with what only the server says (FHIR R4
 * resource.html#Meta), then the rest as it came.
 */
export const stamp = (resource: FhirResource, id: string, version: number, updated: number): FhirResource => {
  const { resourceType, id: _id, meta, ...rest } = resource;
  const stamped = { ...meta, versionId: String(version), lastUpdated: new Date(updated).toISOString() };
  return { resourceType, id, meta: stamped, ...rest };
};
