import type { Fault } from '../problem.ts';
import { isJsonObject, type Json } from './validate-rules.ts';

const listOf = (resource: Json): readonly unknown[] => (Array.isArray(resource.contained) ? resource.contained : []);

/** Id → type of the contained resources, as far as they have both. */
export const containedIn = (resource: Json): ReadonlyMap<string, string> =>
  new Map(
    listOf(resource).flatMap((each) =>
      isJsonObject(each) && typeof each.id === 'string' ? [[each.id, String(each.resourceType)] as const] : [],
    ),
  );

/** What a contained resource must and must not have (dom-2, dom-4, dom-5); places are relative to it. */
export const containedFaults = (resource: Json): readonly Required<Omit<Fault, 'severity'>>[] => {
  const has = (element: unknown, name: string): boolean => isJsonObject(element) && Object.hasOwn(element, name);
  const found = [];
  if (has(resource, 'contained')) {
    found.push({ detail: 'must not contain resources itself (dom-2)', at: '.contained', issue: 'invariant' });
  }
  if (typeof resource.id !== 'string') {
    found.push({ detail: 'must have an id, by which it is referred to', at: '.id', issue: 'required' });
  }
  for (const [name, key] of [
    ['versionId', 'dom-4'],
    ['lastUpdated', 'dom-4'],
    ['security', 'dom-5'],
  ] as const) {
    if (has(resource.meta, name)) {
      found.push({ detail: `must not be in a contained resource (${key})`, at: `.meta.${name}`, issue: 'invariant' });
    }
  }
  return found;
};

/** Indexes of contained resources that nothing in the resource refers to (dom-3); `used` are the `#…` seen in it. */
export const unreferenced = (resource: Json, used: ReadonlySet<string>): readonly number[] =>
  listOf(resource).flatMap((each, index) => {
    if (!isJsonObject(each) || typeof each.id !== 'string' || used.has(`#${each.id}`)) return [];
    // One that refers to its container is reached the other way round.
    return JSON.stringify(each).includes('"reference":"#"') ? [] : [index];
  });

/** Indexes of contained resources whose id another one before them has (references.html#contained: `#id` means one). */
export const repeated = (resource: Json): readonly number[] => {
  const ids = listOf(resource).map((each) => (isJsonObject(each) ? each.id : undefined));
  return ids.flatMap((id, index) => (id !== undefined && ids.indexOf(id) < index ? [index] : []));
};
