import { INVALID_PARAMETER, problem } from '../problem.ts';
import { loadDefinitions } from './definitions/load.ts';
import type { ElementDefinition } from './definitions/shape.ts';
import { parseJson } from './json.ts';
import { type FhirResource, isResource } from './stored.ts';

/** A part of a resource: by `_summary`, or the elements that `_elements` names. FHIR R4 search.html#summary, #elements */
export type Subset = { readonly summary: 'true' | 'text' | 'data' } | { readonly elements: ReadonlySet<string> };

const SUMMARIES = ['true', 'text', 'data'] as const;
const ALWAYS = new Set(['resourceType', 'id', 'meta']);
const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };

const elementsOf = (list: string, type?: string): ReadonlySet<string> => {
  const names = list.split(',').map((name) => name.trim());
  // `Patient.name` is how a search over several types names an element.
  return new Set(names.filter((name) => name !== '').map((name) => (type ? name.replace(`${type}.`, '') : name)));
};

/** What a query asks for; undefined for the whole. `_summary=count` is the search's own affair. */
export const subsetOf = (query: URLSearchParams, type?: string): Subset | undefined => {
  const wanted = query.get('_summary');
  if (wanted !== null && wanted !== '' && wanted !== 'false' && wanted !== 'count') {
    const summary = SUMMARIES.find((known) => known === wanted);
    if (summary !== undefined) return { summary };
    throw problem(INVALID_PARAMETER, `_summary is true, false, text, data or count, not '${wanted.slice(0, 40)}'`, {
      at: '_summary',
    });
  }
  const elements = elementsOf(query.get('_elements') ?? '', type);
  return elements.size === 0 ? undefined : { elements };
};

const keeps = (subset: Subset, name: string, element: ElementDefinition | undefined): boolean => {
  if (ALWAYS.has(name)) return true;
  if ('elements' in subset) return subset.elements.has(element?.name ?? name) || (element?.min ?? 0) > 0;
  if (subset.summary === 'data') return name !== 'text';
  if (subset.summary === 'text') return name === 'text' || (element?.min ?? 0) > 0;
  return element?.summary === true || (element?.min ?? 0) > 0;
};

const definitionOf = (type: string, key: string): ElementDefinition | undefined => {
  const name = key.startsWith('_') ? key.slice(1) : key;
  return loadDefinitions().types[type]?.elements.find(
    (element) => element.name === name || (element.choice === true && new RegExp(`^${element.name}[A-Z]`).test(name)),
  );
};

/** The part, marked as one, so that nobody stores it back as the whole. */
export const takeSubset = (resource: FhirResource, subset: Subset): FhirResource => {
  const kept = Object.entries(resource).filter(([key]) => keeps(subset, key, definitionOf(resource.resourceType, key)));
  const tags = Array.isArray(resource.meta?.tag) ? resource.meta.tag : [];
  return {
    resourceType: resource.resourceType,
    ...Object.fromEntries(kept),
    meta: { ...resource.meta, tag: [...tags, SUBSETTED] },
  };
};

/** The same on stored text. */
export const subsetText = (body: string, subset: Subset | undefined): string => {
  if (subset === undefined) return body;
  const resource = parseJson(body);
  return isResource(resource) ? JSON.stringify(takeSubset(resource, subset)) : body;
};
