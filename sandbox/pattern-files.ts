import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { bundleContract, filesTakenFrom } from './contract-bundle.ts';
import { spokenIn } from './contract-in-dialect.ts';
import type { OpenApiDocument } from './contract-schema.ts';
import { loadDialectCode } from './dialect-code.ts';
import { parseDialect } from './dialect-loader.ts';
import type { LoadedDialect, LoadedPattern } from './http/host.ts';
import type { PatternManifest } from './manifest.ts';
import type { PatternApp } from './pattern.ts';
import { loadParts, withParts } from './pattern-part.ts';
import { CONFLICT, problem } from './problem.ts';
import { inWaysOf } from './ways.ts';

/** Where a pattern lies. The files' URLs are written out where they are used, so that an export can follow them (rules 9). */
export interface PatternFiles {
  readonly id: string;
  /** `patterns/<id>/`; below it lies what the pattern has for one dialect. */
  readonly folder: URL;
  readonly manifest: URL;
  readonly contract: URL;
  /** What the contracts take paths from. */
  readonly beside?: readonly URL[];
  readonly app: PatternApp;
}

/** Found by name, as drivers are: which dialects are here is what the folder has. */
const DIALECTS = new URL('dialects/', new URL('./', import.meta.url));

const textOf = (file: URL): string => readFileSync(file, 'utf8');
// These files are our own, and are checked where they are edited: by the catalogue's tests.
const documentIn = (file: URL): OpenApiDocument => parse(textOf(file)) as OpenApiDocument;

const contractIn = (file: URL, beside: readonly URL[]): OpenApiDocument => {
  const document = documentIn(file);
  const taken = filesTakenFrom(document);
  const files = beside.filter((url) => taken.includes(basename(url.pathname)));
  return bundleContract(document, Object.fromEntries(files.map((url) => [basename(url.pathname), documentIn(url)])));
};

const fileOf = (name: string, ending: string): URL => new URL(`${name}${ending}`, DIALECTS);

const loadDialect = async (name: string, beside: readonly URL[]): Promise<LoadedDialect> => {
  const contract = fileOf(name, '.openapi.yaml');
  return {
    dialect: parseDialect(textOf(fileOf(name, '.yaml')), name),
    ...(existsSync(contract) ? { contract: contractIn(contract, beside) } : {}),
    ...(await loadDialectCode(DIALECTS, name)),
  };
};

/** Those of the pattern that are here, its own order first; one may name the pattern in its own file (dialect.ts). */
const dialectsHere = (id: string, named: readonly string[]): readonly string[] => {
  const here = readdirSync(DIALECTS).flatMap((file) => /^([a-z0-9-]+)\.yaml$/.exec(file)?.[1] ?? []);
  const namesPattern = (name: string) => parseDialect(textOf(fileOf(name, '.yaml')), name).patterns?.includes(id);
  return [
    ...named.filter((name) => here.includes(name)),
    ...here.filter((name) => !named.includes(name) && namesPattern(name)),
  ];
};

/** A pattern with all that running it needs, for a process that runs this one pattern. */
export const loadPattern = async (files: PatternFiles): Promise<LoadedPattern> => {
  const { id, folder, manifest, contract, beside = [], app } = files;
  const described = parse(textOf(manifest)) as PatternManifest;
  const dialects = dialectsHere(id, described.dialects);
  const own = contractIn(contract, beside);
  const parts = await loadParts(new URL('dialects/', folder));
  const whole = withParts(app, parts, [...new Set([...described.dialects, ...dialects])]);
  const known = new Map<string, Promise<LoadedDialect>>();
  return {
    id,
    manifest: { ...described, dialects },
    app: whole,
    contract: own,
    dialect: async (name) => {
      if (!existsSync(fileOf(name, '.yaml')))
        throw problem(CONFLICT, `There is no dialect ${name} here; there are ${dialects.join(', ')}`);
      const loading =
        known.get(name) ?? loadDialect(name, beside).then((loaded) => inWaysOf(whole, spokenIn(own, loaded)));
      known.set(name, loading);
      return loading;
    },
  };
};
