import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import type { Authentication } from './authentication.ts';
import { bundleContract, filesTakenFrom } from './contract-bundle.ts';
import { spokenIn } from './contract-in-dialect.ts';
import type { OpenApiDocument } from './contract-schema.ts';
import { parseDialect } from './dialect-loader.ts';
import type { LoadedDialect, LoadedPattern } from './http/host.ts';
import type { PatternManifest } from './manifest.ts';
import type { Handler, PatternApp } from './pattern.ts';
import { CONFLICT, problem } from './problem.ts';

/** Where a dialect lies; `contract` and `handlers` where it has paths of its own. */
export interface DialectFiles {
  readonly file: URL;
  readonly contract?: URL;
  readonly handlers?: Readonly<Record<string, Handler>>;
  readonly authentication?: Authentication;
}

/** Where a pattern lies. The URLs are written out where they are used, so that an export can follow them (rules 9). */
export interface PatternFiles {
  readonly id: string;
  readonly manifest: URL;
  readonly contract: URL;
  /** What the contracts take paths from. */
  readonly beside?: readonly URL[];
  readonly app: PatternApp;
  readonly dialects: Readonly<Record<string, DialectFiles>>;
}

const textOf = (file: URL): string => readFileSync(file, 'utf8');
// These files are our own, and are checked where they are edited: by the catalogue's tests.
const documentIn = (file: URL): OpenApiDocument => parse(textOf(file)) as OpenApiDocument;

const contractIn = (file: URL, beside: readonly URL[]): OpenApiDocument => {
  const document = documentIn(file);
  const taken = filesTakenFrom(document);
  const files = beside.filter((url) => taken.includes(basename(url.pathname)));
  return bundleContract(document, Object.fromEntries(files.map((url) => [basename(url.pathname), documentIn(url)])));
};

/** A pattern with all that running it needs, for a process that runs this one pattern. */
export const loadPattern = ({ id, manifest, contract, beside = [], app, dialects }: PatternFiles): LoadedPattern => {
  const loaded = Object.entries(dialects).map(([name, files]): [string, LoadedDialect] => [
    name,
    {
      dialect: parseDialect(textOf(files.file), name),
      ...(files.contract === undefined ? {} : { contract: contractIn(files.contract, beside) }),
      ...(files.handlers === undefined ? {} : { handlers: files.handlers }),
      ...(files.authentication === undefined ? {} : { authentication: files.authentication }),
    },
  ]);
  const own = contractIn(contract, beside);
  const known = new Map(loaded.map(([name, dialect]) => [name, spokenIn(own, dialect)]));
  return {
    id,
    manifest: parse(textOf(manifest)) as PatternManifest,
    app,
    contract: own,
    dialect: async (name) => {
      const found = known.get(name);
      if (found === undefined)
        throw problem(CONFLICT, `There is no dialect ${name} here; there are ${[...known.keys()].join(', ')}`);
      return found;
    },
  };
};
