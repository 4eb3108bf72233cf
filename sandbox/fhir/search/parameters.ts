import { loadDefinitions } from '../definitions/load.ts';
import type { SearchDefinition, SearchType } from '../definitions/shape.ts';
import { compileExpression, type Extract } from './expression.ts';

export type IndexedType = Exclude<SearchType, 'composite' | 'special'>;

/** A search parameter of one resource type, ready to index and to search by. */
export interface SearchParameter {
  readonly code: string;
  readonly type: IndexedType;
  /** Canonical url of its definition. */
  readonly url: string;
  /** Its number in the index; parameters that find the same by the same expression share one. */
  readonly param: number;
  /** Absent for `_id`, which is a column of the resource's own row, and where another of the same number has it. */
  readonly extract?: Extract;
  /** Types that a reference may point to; undefined for any. */
  readonly targets?: readonly string[];
}

const compiled = {
  byType: new Map<string, ReadonlyMap<string, SearchParameter>>(),
  numbers: new Map<string, number>(),
};

const numberOf = (code: string): number => {
  if (compiled.numbers.size === 0) {
    for (const [index, each] of loadDefinitions().parameters.entries()) compiled.numbers.set(each, index);
  }
  return compiled.numbers.get(code) ?? -1;
};

/** `twins`: what was compiled before, by type and expression (`Patient.name` is indexed once for `name` and `phonetic`). */
const compile = (
  definition: SearchDefinition,
  resourceType: string,
  twins: Map<string, number>,
): readonly SearchParameter[] => {
  const { code, type, url, expression, targets } = definition;
  if (type === 'composite' || type === 'special') return [];
  const same = `${type} ${expression}`;
  const twin = twins.get(same);
  const param = twin ?? numberOf(code);
  twins.set(same, param);
  const extract = code === '_id' || twin !== undefined ? {} : { extract: compileExpression(expression, resourceType) };
  return [{ code, type, url, param, ...extract, ...(targets === undefined ? {} : { targets }) }];
};

const definitionsOf = (resourceType: string): readonly SearchDefinition[] => {
  const { search } = loadDefinitions();
  return [...(search.Resource ?? []), ...(Object.hasOwn(search, resourceType) ? (search[resourceType] ?? []) : [])];
};

/** The parameters of the standard by which a type is indexed, by code; composite and special ones are not. */
export const searchParameters = (resourceType: string): ReadonlyMap<string, SearchParameter> => {
  const known = compiled.byType.get(resourceType);
  if (known !== undefined) return known;
  const twins = new Map<string, number>();
  const parameters = new Map(
    definitionsOf(resourceType)
      .flatMap((definition) => compile(definition, resourceType, twins))
      .map((parameter) => [parameter.code, parameter] as const),
  );
  compiled.byType.set(resourceType, parameters);
  return parameters;
};

/** Parameters that the standard has for the type and this server does not serve: special ones, composites within elements. */
export const unservedParameters = (resourceType: string): readonly string[] =>
  definitionsOf(resourceType).flatMap(({ code, type, expression }) =>
    type === 'special' || (type === 'composite' && expression !== resourceType) ? [code] : [],
  );
