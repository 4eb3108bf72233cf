import { readdir, readFile } from 'node:fs/promises';
import { parseRequirements, type Requirement } from '../sandbox/conformance/requirement.ts';
import { bundleContract, filesTakenFrom } from '../sandbox/contract-bundle.ts';
import { spokenIn } from '../sandbox/contract-in-dialect.ts';
import type { OpenApiDocument } from '../sandbox/contract-schema.ts';
import { CODE, loadNamed } from '../sandbox/found-by-name.ts';
import type { LoadedPattern } from '../sandbox/http/host.ts';
import type { PatternManifest } from '../sandbox/manifest.ts';
import type { PatternApp } from '../sandbox/pattern.ts';
import { loadParts, withParts } from '../sandbox/pattern-part.ts';
import { CONFLICT, NOT_FOUND, problem } from '../sandbox/problem.ts';
import { parseScenario, type Scenario } from '../sandbox/scenario-shape.ts';
import { inWaysOf } from '../sandbox/ways.ts';
import { createParser, findContracts } from './catalogue-contracts.ts';
import { loadDialect, parseYaml, readDialectHeads } from './catalogue-dialect.ts';
import { missing, namesIn } from './catalogue-files.ts';
import { CatalogueError, isRecord, NAME, readManifest } from './catalogue-manifest.ts';
import { readRequests } from './catalogue-requests.ts';

/** A file of the catalogue as it was read: `id` is its name without the ending, `where` names it in errors. */
export interface CatalogueFile {
  readonly id: string;
  readonly where: string;
  readonly text: string;
}

/** What is known of a dialect before it is chosen; `auth` is how callers of the real API prove who they are. */
export interface DialectChoice {
  readonly id: string;
  readonly title: string;
  readonly auth?: readonly string[];
}

/**
 * What lies in `patterns/`, `openapi/` and `sandbox/dialects/`, found by name: nothing is registered anywhere. Opening it
 * lists folders; everything else is read when first asked for, once.
 */
export interface Catalogue {
  /** The root of the package, below which all lies that it lists. */
  readonly root: URL;
  /** Every pattern's id, sorted. */
  readonly ids: readonly string[];
  /** Whether the pattern has an `app.ts`, so that it can be run. */
  live(id: string): boolean;
  manifest(id: string): Promise<PatternManifest>;
  /** The pattern's code; throws CONFLICT where there is none yet. */
  app(id: string): Promise<PatternApp>;
  /** Its dialects with their titles, the default first. */
  dialects(id: string): Promise<readonly DialectChoice[]>;
  /** The pattern with all that running it needs; asking twice gives the same object. Throws as `app` does. */
  load(id: string): Promise<LoadedPattern>;
  requirements(id: string): Promise<readonly Requirement[]>;
  /** Its lessons, in the order of their file names; each `turn` is a participant or `sandbox`. */
  scenarios(id: string): Promise<readonly Scenario[]>;
  /** Every contract's name, sorted: the service's, the patterns', and the dialects' own. */
  readonly contracts: readonly string[];
  /** The contract as it was written, and as data, whole: with what it takes from files beside it. */
  contract(name: string): Promise<{ readonly text: string; readonly document: OpenApiDocument }>;
  /** The names of the AsyncAPI documents of patterns, sorted: `<pattern>.asyncapi`. */
  readonly messageContracts: readonly string[];
  messageContract(name: string): Promise<{ readonly text: string; readonly document: object }>;
  /** `patterns/decision-tree.yaml`. */
  tree(): Promise<CatalogueFile>;
  /** The folder of the built pages, whether they are built or not. */
  webFolder(): URL;
}

/** Each key's promise is made once; one that fails is forgotten, so that a corrected file is read again. */
const once = <T>(load: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const loaded = new Map<string, Promise<T>>();
  return (key) => {
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const loading = load(key);
    loaded.set(key, loading);
    loading.catch(() => loaded.delete(key));
    return loading;
  };
};

const findPatterns = async (root: URL): Promise<Map<string, boolean>> => {
  const patterns = new Map<string, boolean>();
  const folder = new URL('patterns/', root);
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue;
    const where = `patterns/${entry.name}`;
    if (!NAME.test(entry.name)) throw new CatalogueError(where, ['a pattern folder is lower-case words and hyphens']);
    const files = await namesIn(new URL(`${entry.name}/`, folder));
    if (!files.includes('pattern.yaml')) throw new CatalogueError(where, ['there is no pattern.yaml']);
    patterns.set(entry.name, files.includes(`app${CODE}`));
  }
  return patterns;
};

/** Opens the catalogue below `root`, which is this package unless a test says otherwise. */
export const openCatalogue = async (root: URL = new URL('../', import.meta.url)): Promise<Catalogue> => {
  const patterns = await findPatterns(root);
  const { contracts, messageContracts } = await findContracts(root);
  const read = async (where: string): Promise<string> => readFile(new URL(where, root), 'utf8');
  const known = (id: string): string => {
    if (patterns.has(id)) return id;
    throw problem(NOT_FOUND, `There is no pattern ${id}; there are ${[...patterns.keys()].join(', ')}`);
  };

  const parse = createParser(root);

  const dialectHeads = once(async () => readDialectHeads(root, [...patterns.keys()], parse));

  const manifest = once(async (id) => {
    const where = `patterns/${known(id)}/pattern.yaml`;
    const document = readManifest(await parse(await read(where), where), where);
    const heads = await dialectHeads('');
    const unknown = document.dialects.filter((dialect) => !heads.some((head) => head.id === dialect));
    if (unknown.length > 0)
      throw new CatalogueError(
        where,
        unknown.map((name) => `dialects names ${name}, for which there is no sandbox/dialects/${name}.yaml`),
      );
    const further = heads.filter((head) => head.patterns.includes(id)).map((head) => head.id);
    const dialects = [...new Set([...document.dialects, ...further])];
    if (patterns.get(id) === true && dialects.length === 0)
      throw new CatalogueError(where, ['dialects is empty, yet there is an app to run']);
    return { ...document, dialects };
  });

  const app = once(async (id) => {
    if (patterns.get(known(id)) !== true)
      throw problem(CONFLICT, `${id} cannot be run yet: patterns/${id}/app.ts is missing`);
    const folder = new URL(`patterns/${id}/`, root);
    const exported = (await loadNamed(folder, 'app'))?.app;
    if (!isRecord(exported) || !isRecord(exported.handlers))
      throw new CatalogueError(`patterns/${id}/app.ts`, ['it must export `app` with its handlers']);
    // What a pattern exports is checked by tsc where it is written; here it crosses a dynamic import.
    const parts = await loadParts(new URL('dialects/', folder));
    return withParts(exported as Partial<PatternApp> as PatternApp, parts, (await manifest(id)).dialects);
  });

  /** What it takes from files beside it is put in place. */
  const bundle = async (where: string, document: OpenApiDocument): Promise<OpenApiDocument> => {
    const beside: Record<string, OpenApiDocument> = {};
    for (const file of filesTakenFrom(document)) {
      const place = `${where.slice(0, where.lastIndexOf('/') + 1)}${file}`;
      const found = await parse(await read(place), place);
      if (isRecord(found)) beside[file] = found;
    }
    try {
      return bundleContract(document, beside);
    } catch (error) {
      throw new CatalogueError(where, [error instanceof Error ? error.message : String(error)]);
    }
  };

  const contract = once(async (name) => {
    const where = contracts.get(name);
    if (where === undefined)
      throw problem(NOT_FOUND, `There is no contract ${name}; there are ${[...contracts.keys()].sort().join(', ')}`);
    const text = await read(where);
    const document = await parse(text, where);
    if (!isRecord(document) || typeof document.openapi !== 'string')
      throw new CatalogueError(where, ['openapi is missing']);
    return { text, document: await bundle(where, document) };
  });

  const messageContract = once(async (name) => {
    const where = messageContracts.get(name);
    if (where === undefined) throw problem(NOT_FOUND, `There is no contract ${name}`);
    const text = await read(where);
    const document = parseYaml(text, where);
    if (!isRecord(document) || typeof document.asyncapi !== 'string')
      throw new CatalogueError(where, ['asyncapi is missing']);
    return { text, document };
  });

  const dialect = once(async (id) =>
    loadDialect(
      root,
      id,
      contracts.get(id)?.startsWith('sandbox/dialects/') === true ? (await contract(id)).document : undefined,
      parse,
    ),
  );

  const load = once(async (id): Promise<LoadedPattern> => {
    const [code, described, { document }] = await Promise.all([app(id), manifest(id), contract(id)]);
    const spoken = once(async (name) => inWaysOf(code, spokenIn(document, await dialect(name))));
    const requests = await readRequests(root, id, described.participants);
    return { id, manifest: described, app: code, contract: document, requests, dialect: spoken };
  });

  const scenarios = once(async (id) => {
    const folder = `patterns/${known(id)}/scenarios/`;
    const { participants } = await manifest(id);
    const turns = ['sandbox', ...participants.map(({ name }) => name)];
    const found: Scenario[] = [];
    for (const file of await namesIn(new URL(folder, root))) {
      const where = `${folder}${file}`;
      const name = file.replace(/\.yaml$/, '');
      if (name === file || !NAME.test(name)) throw new CatalogueError(where, ['a scenario is <lower-case-words>.yaml']);
      const scenario = parseScenario(await read(where), name, where);
      const strange = scenario.steps.filter(({ turn }) => !turns.includes(turn));
      if (strange.length > 0)
        throw new CatalogueError(
          where,
          strange.map(({ title, turn }) => `step "${title}": turn is ${turn}, not one of ${turns.join(', ')}`),
        );
      found.push(scenario);
    }
    return found;
  });

  const requirements = once(async (id) => {
    const where = `patterns/${known(id)}/requirements.yaml`;
    try {
      return parseRequirements(await read(where), where);
    } catch (error) {
      if (missing(error)) return [];
      throw error;
    }
  });

  return {
    root,
    ids: [...patterns.keys()],
    live: (id) => patterns.get(known(id)) === true,
    manifest,
    app,
    dialects: async (id) => {
      const [{ dialects }, heads] = await Promise.all([manifest(id), dialectHeads('')]);
      return dialects.flatMap((name) =>
        heads
          .filter((head) => head.id === name)
          .map(({ title, auth }) => ({ id: name, title, ...(auth === undefined ? {} : { auth }) })),
      );
    },
    load,
    requirements,
    scenarios,
    contracts: [...contracts.keys()].sort(),
    contract,
    messageContracts: [...messageContracts.keys()].sort(),
    messageContract,
    tree: async () => ({
      id: 'decision-tree',
      where: 'patterns/decision-tree.yaml',
      text: await read('patterns/decision-tree.yaml'),
    }),
    webFolder: () => new URL('dist/web/', root),
  };
};
