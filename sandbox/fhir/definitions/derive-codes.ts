import type { SourceConcept, SourceInclude, SourceResource } from './source.ts';

type Codes = Record<string, readonly string[]>;

const flatten = (concepts: readonly SourceConcept[]): string[] =>
  concepts.flatMap((concept) => [concept.code, ...flatten(concept.concept ?? [])]);

const find = (concepts: readonly SourceConcept[], code: string): SourceConcept | undefined => {
  for (const concept of concepts) {
    const found = concept.code === code ? concept : find(concept.concept ?? [], code);
    if (found !== undefined) return found;
  }
  return undefined;
};

/**
 * The codes of a value set by code system, or undefined where the standard does not list all of them (mime types,
 * currencies, UCUM): a binding to such a set is not checked.
 */
export const expandValueSet = (
  url: string,
  valueSets: ReadonlyMap<string, SourceResource>,
  codeSystems: ReadonlyMap<string, SourceResource>,
): Codes | undefined => {
  const valueSet = valueSets.get(url);
  if (valueSet?.compose?.include === undefined || valueSet.compose.exclude !== undefined) return undefined;
  const codes = new Map<string, Set<string>>();
  for (const include of valueSet.compose.include) {
    const listed = codesOf(include, codeSystems);
    if (include.system === undefined || listed === undefined) return undefined;
    codes.set(include.system, new Set([...(codes.get(include.system) ?? []), ...listed]));
  }
  return Object.fromEntries([...codes].map(([system, set]) => [system, [...set].sort()]));
};

const codesOf = (
  include: SourceInclude,
  codeSystems: ReadonlyMap<string, SourceResource>,
): readonly string[] | undefined => {
  if (include.valueSet !== undefined || include.system === undefined) return undefined;
  if (include.concept !== undefined) return include.concept.map((concept) => concept.code);
  const system = codeSystems.get(include.system);
  if (system?.content !== 'complete' || system.concept === undefined) return undefined;
  if (include.filter === undefined) return flatten(system.concept);
  const [filter, ...others] = include.filter;
  if (others.length > 0 || filter?.property !== 'concept' || filter.op !== 'is-a') return undefined;
  const top = find(system.concept, filter.value);
  return top === undefined ? undefined : flatten([top]);
};
