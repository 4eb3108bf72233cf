import { loadDefinitions } from './load.ts';

const indexes: { byType?: ReadonlyMap<string, number> } = {};

/** The 146 concrete resource types of R4, sorted. */
export const resourceTypes = (): readonly string[] => loadDefinitions().resources;

/** The type's place in that list, which is part of stored keys (space.ts); undefined for what is no resource type. */
export const typeIndex = (type: string): number | undefined => {
  indexes.byType ??= new Map(resourceTypes().map((name, index) => [name, index]));
  return indexes.byType.get(type);
};
