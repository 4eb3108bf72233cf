import { parseJson } from './json.ts';

/** A wire format of resources. Inside, a resource is JSON text; a format reads into that and writes from it. */
export interface FhirFormat {
  /** As in `_format` and CapabilityStatement.format. */
  readonly code: string;
  /** The first is FHIR's own; the rest are what it also answers to. */
  readonly mediaTypes: readonly [string, ...string[]];
  /** Refuses with the place what cannot be parsed. */
  parse(body: Uint8Array): unknown;
  print(json: string, pretty: boolean): string;
}

/** FHIR R4 json.html. The other names are those of http.html#mime-type and of clients of earlier versions. */
export const jsonFormat: FhirFormat = {
  code: 'json',
  mediaTypes: ['application/fhir+json', 'application/json', 'text/json', 'application/json+fhir'],
  parse: parseJson,
  print: (json, pretty) => (pretty && json !== '' ? JSON.stringify(parseJson(json), undefined, 2) : json),
};
