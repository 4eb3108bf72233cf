import type { Dialect } from '../dialect.ts';
import { resourceTypes } from './definitions/types.ts';
import type { Endpoint } from './interactions/operation.ts';
import { compartmentUrls } from './search/compartment.ts';
import { composites } from './search/composite.ts';
import { searchParameters } from './search/parameters.ts';

/** The day the served interactions last changed; CapabilityStatement.date is about the statement, not about the asking. */
const DATE = '2026-11-27';
const NAME = 'Integration sandbox';

/** What the statement says of every resource type, from the operations that are served. */
const interactionsOf = (endpoint: Endpoint) => {
  const type = endpoint.operations.flatMap(({ declares }) => declares.type ?? []);
  const flags = Object.assign({}, ...endpoint.operations.map(({ declares }) => declares.resource ?? {}));
  return { codes: [...new Set(type)], flags: flags as Readonly<Record<string, unknown>> };
};

/**
 * Reference parameters by the types that they name as targets. Those that may refer to any type are said in words: repeated
 * for every type they would be most of the statement.
 */
const referrers = (): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const type of resourceTypes())
    for (const { code, type: kind, targets = [] } of searchParameters(type).values())
      if (kind === 'reference')
        for (const target of targets) found.set(target, [...(found.get(target) ?? []), `${type}:${code}`]);
  return found;
};

const searchOf = (type: string, referring: ReturnType<typeof referrers>) => {
  const parameters = [...searchParameters(type).values()];
  const all = [...parameters, ...composites(type)];
  return {
    searchInclude: parameters.filter((each) => each.type === 'reference').map(({ code }) => `${type}:${code}`),
    searchRevInclude: [...(referring.get(type) ?? [])].sort(),
    searchParam: all.map(({ code, url, type: kind }) => ({ name: code, definition: url, type: kind })),
  };
};

const operationsOf = (endpoint: Endpoint, type: string) =>
  endpoint.operations
    .flatMap(({ declares }) => declares.operations ?? [])
    .filter(({ types }) => types === undefined || types.includes(type))
    .map(({ name, definition }) => ({ name, definition }));

const withoutEmpty = <T extends object>(members: T): Partial<T> =>
  // Only members that are there are copied, so the rest of the type holds.
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  ) as Partial<T>;

const resourcesOf = (endpoint: Endpoint, dialect: Dialect) => {
  const { codes, flags } = interactionsOf(endpoint);
  const referring = codes.includes('search-type') ? referrers() : undefined;
  return (endpoint.types ?? resourceTypes()).map((type) =>
    withoutEmpty({
      type,
      profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
      interaction: codes.map((code) => ({ code })),
      versioning: dialect.concurrency.ifMatchRequired ? 'versioned-update' : 'versioned',
      ...flags,
      // A reference may name what is not here (yet): a sandbox holds a part of the world.
      referencePolicy: ['literal', 'logical'],
      ...(referring === undefined ? {} : searchOf(type, referring)),
      operation: operationsOf(endpoint, type),
    }),
  );
};

/** FHIR R4 capabilitystatement.html; `url` is the absolute FHIR base. */
export const capabilityStatement = (endpoint: Endpoint, dialect: Dialect, url: string) => {
  const system = endpoint.operations.flatMap(({ declares }) => declares.system ?? []);
  const patches = endpoint.operations.some(({ declares }) => declares.type?.includes('patch') === true);
  return withoutEmpty({
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: DATE,
    kind: 'instance',
    software: { name: NAME },
    implementation: {
      description: `A participant of a sandbox that speaks ${dialect.title}. Synthetic data only.`,
      url,
    },
    fhirVersion: '4.0.1',
    format: endpoint.formats.flatMap(({ code, mediaTypes }) => [mediaTypes[0], code]),
    ...(patches ? { patchFormat: ['application/json-patch+json'] } : {}),
    rest: [
      withoutEmpty({
        mode: 'server',
        documentation:
          'References to what is not here are accepted. An update may create. A transaction is done whole or not at all. ' +
          '_revinclude also takes, for every type, the parameters that may refer to any type, such as Provenance:target. ' +
          'An NHS number has to have a right check digit and, unless whoever runs this says otherwise, be a test number.',
        resource: resourcesOf(endpoint, dialect),
        interaction: system.map((code) => ({ code })),
        compartment: endpoint.operations.some(({ declares }) => declares.compartments) ? compartmentUrls() : [],
      }),
    ],
  });
};

/** The answer to `mode=terminology`: no terminology operation is served. FHIR R4 http.html#capabilities */
export const terminologyCapabilities = (url: string) => ({
  resourceType: 'TerminologyCapabilities',
  status: 'active',
  date: DATE,
  kind: 'instance',
  software: { name: NAME },
  implementation: { description: 'No code system, value set or concept map is served as terminology here', url },
});
