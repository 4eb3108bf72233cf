import { writeFileSync } from 'node:fs';
import { constants, gzipSync } from 'node:zlib';
import { expandValueSet } from './derive-codes.ts';
import { deriveCompartments } from './derive-compartments.ts';
import { deriveSearch } from './derive-search.ts';
import { deriveTypes } from './derive-types.ts';
import type { Definitions } from './shape.ts';
import { readBundle, type SourceResource } from './source.ts';

const byUrl = (resources: readonly SourceResource[], resourceType: string): Map<string, SourceResource> =>
  new Map(resources.filter((each) => each.resourceType === resourceType).map((each) => [each.url, each]));

/** Derives what validation and search need from the published definitions of R4. */
export const buildDefinitions = (): Definitions => {
  const structures = [...readBundle('profiles-types.json'), ...readBundle('profiles-resources.json')].filter(
    (each) =>
      each.resourceType === 'StructureDefinition' &&
      each.kind !== 'logical' &&
      // Not of R4, although it is in the package's R4 folder.
      each.name !== 'SubscriptionStatus',
  );
  const terminology = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json'].flatMap(readBundle);
  const valueSets = byUrl(terminology, 'ValueSet');
  const codeSystems = byUrl(terminology, 'CodeSystem');
  const resources = structures
    .filter((each) => each.kind === 'resource' && each.abstract !== true)
    .map((each) => each.name)
    .sort();
  const official = new Map(
    readBundle('dataelements.json').flatMap((each) => {
      const element = each.snapshot?.element[0];
      return element === undefined ? [] : [[element.path, element] as const];
    }),
  );
  const required = new Set(
    [...structures.flatMap((each) => each.snapshot?.element ?? []), ...official.values()].flatMap((element) =>
      element.binding?.strength === 'required' && element.binding.valueSet !== undefined
        ? [element.binding.valueSet.replace(/\|.*$/, '')]
        : [],
    ),
  );
  const codes = Object.fromEntries(
    [...required].sort().flatMap((url) => {
      const expanded = expandValueSet(url, valueSets, codeSystems);
      return expanded === undefined ? [] : [[url, expanded] as const];
    }),
  );
  const context = { resources: new Set(resources), official, complete: new Set(Object.keys(codes)) };
  const types = Object.fromEntries(
    structures.filter((each) => each.kind !== 'primitive-type').flatMap((each) => deriveTypes(each, context)),
  );
  const search = deriveSearch(readBundle('search-parameters.json'), context.resources);
  const parameters = [...new Set(Object.values(search).flatMap((list) => list.map(({ code }) => code)))].sort();
  const compartments = deriveCompartments(readBundle('profiles-resources.json'));
  return { resources, types, codes, search, parameters, compartments };
};

/** The bytes of the committed file: the gzip header carries no time and no system, so they depend on the definitions alone. */
export const packDefinitions = (definitions: Definitions): Buffer => {
  const bytes = gzipSync(JSON.stringify(definitions), { level: constants.Z_BEST_COMPRESSION });
  bytes[9] = 255;
  return bytes;
};

if (import.meta.main) {
  writeFileSync(new URL('./definitions.json.gz', import.meta.url), packDefinitions(buildDefinitions()));
}
