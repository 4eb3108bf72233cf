import { bundleContract } from './contract-bundle.ts';
import { isVouchedFor, type OpenApiDocument, vouchFor } from './contract-schema.ts';
import { isRecord } from './dialect-shape.ts';
import type { LoadedDialect } from './http/host.ts';

const OF_PATTERN = 'pattern.yaml';
const MARK = 'x-in-every-dialect';

const entriesOf = (document: OpenApiDocument): readonly (readonly [string, unknown])[] =>
  Object.entries(isRecord(document.paths) ? document.paths : {});

const tagsOf = (document: OpenApiDocument): readonly unknown[] => (Array.isArray(document.tags) ? document.tags : []);

/**
 * A dialect's contract replaces a pattern's, but for the paths that the pattern has whatever is spoken: those it marks with
 * `x-in-every-dialect: true`, with the components that they name.
 */
const inDialect = (pattern: OpenApiDocument, dialect: OpenApiDocument): OpenApiDocument => {
  const marked = entriesOf(pattern).filter(([, item]) => isRecord(item) && item[MARK] === true);
  if (marked.length === 0) return dialect;
  const taken = marked.map(([path]) => [
    path,
    {
      $ref: `${OF_PATTERN}#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}`,
    },
  ]);
  const names = new Set(
    marked.flatMap(([, item]) =>
      Object.values(isRecord(item) ? item : {}).flatMap((one) => (isRecord(one) ? one.tags : [])),
    ),
  );
  const tags = tagsOf(pattern).filter((tag) => isRecord(tag) && names.has(tag.name));
  const whole = {
    ...dialect,
    tags: [...tagsOf(dialect), ...tags],
    paths: { ...Object.fromEntries(entriesOf(dialect)), ...Object.fromEntries(taken) },
  };
  return bundleContract(isVouchedFor(dialect) ? vouchFor(whole) : whole, { [OF_PATTERN]: pattern });
};

/** A dialect as it is spoken in a pattern. */
export const spokenIn = (pattern: OpenApiDocument, loaded: LoadedDialect): LoadedDialect =>
  loaded.contract === undefined ? loaded : { ...loaded, contract: inDialect(pattern, loaded.contract) };
