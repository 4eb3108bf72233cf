import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { bundleContract } from '../../sandbox/contract-bundle.ts';
import type { OpenApiDocument } from '../../sandbox/contract-schema.ts';
import { parseDialect } from '../../sandbox/dialect-loader.ts';
import { handlers as pdsHandlers } from '../../sandbox/dialects/pds.ts';
import type { LoadedDialect, LoadedPattern } from '../../sandbox/http/host.ts';
import type { PatternManifest } from '../../sandbox/manifest.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import { app } from './app.ts';

const FILES = {
  manifest: new URL('./pattern.yaml', import.meta.url),
  contract: new URL('../../openapi/synchronous-request-response.yaml', import.meta.url),
  fhirContract: new URL('../../openapi/fhir-r4.yaml', import.meta.url),
  fhirR4: new URL('../../sandbox/dialects/fhir-r4.yaml', import.meta.url),
  pds: new URL('../../sandbox/dialects/pds.yaml', import.meta.url),
  pdsContract: new URL('../../sandbox/dialects/pds.openapi.yaml', import.meta.url),
};

const textOf = (file: URL): string => readFileSync(file, 'utf8');
// These files are our own, and are checked where they are edited: by the catalogue's tests.
const contractIn = (file: URL): OpenApiDocument => parse(textOf(file)) as OpenApiDocument;

/** The pattern with all that running it needs, for a process that runs this one pattern. */
export const loadThisPattern = (): LoadedPattern => {
  const dialects: Readonly<Record<string, LoadedDialect>> = {
    'fhir-r4': { dialect: parseDialect(textOf(FILES.fhirR4), 'fhir-r4') },
    pds: {
      dialect: parseDialect(textOf(FILES.pds), 'pds'),
      contract: contractIn(FILES.pdsContract),
      handlers: pdsHandlers,
    },
  };
  return {
    id: 'synchronous-request-response',
    manifest: parse(textOf(FILES.manifest)) as PatternManifest,
    app,
    contract: bundleContract(contractIn(FILES.contract), { 'fhir-r4.yaml': contractIn(FILES.fhirContract) }),
    dialect: async (id) => {
      const found = Object.hasOwn(dialects, id) ? dialects[id] : undefined;
      if (found === undefined)
        throw problem(CONFLICT, `There is no dialect ${id} here; there are ${Object.keys(dialects).join(', ')}`);
      return found;
    },
  };
};
