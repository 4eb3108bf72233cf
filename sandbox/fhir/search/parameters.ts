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
  /** Its number in the index. */
  readonly param: number;
  /** Absent for `_id`, which is a column of the resource's own row. */
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

const compile = (definition: SearchDefinition, resourceType: string): readonly SearchParameter[] => {
  const { code, type, url, expression, targets } = definition;
  if (type === 'composite' || type === 'special') return [];
  const extract = code === '_id' ? {} : { extract: compileExpression(expression, resourceType) };
  return [{ code, type, url, param: numberOf(code), ...extract, ...(targets === undefined ? {} : { targets }) }];
};

const definitionsOf = (resourceType: string): readonly SearchDefinition[] => {
  const { search } = loadDefinitions();
  return [...(search.Resource ?? []), ...(Object.hasOwn(search, resourceType) ? (search[resourceType] ?? []) : [])];
};

/** The parameters of the standard by which a type is indexed, by code; composite and special ones are not. */
export const searchParameters = (resourceType: string): ReadonlyMap<string, SearchParameter> => {
  const known = compiled.byType.get(resourceType);
  if (known !== undefined) return known;
  const parameters = new Map(
    definitionsOf(resourceType)
      .flatMap((definition) => compile(definition, resourceType))
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
