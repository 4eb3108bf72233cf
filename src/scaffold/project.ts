import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Ask, Facts } from './ask.ts';
import { conform } from './conform-entry.ts';
import { filesBelow, follow, type Known } from './follow.ts';
import { type Lock, pruneLock } from './lock.ts';
import { type OwnPackage, packageJson } from './package-json.ts';
import { origin, readme, surroundings } from './texts.ts';

/** The record of what was made and written. */
export const ORIGIN = '.fingerpost.yaml';

/** Path → bytes, in the order of paths. */
export type Project = ReadonlyMap<string, Uint8Array>;

/** Packages that a driver asks for when it is chosen are among what its file imports. */
const driversOf = ({ store, broker }: Ask): readonly string[] => [
  `sandbox/sql/${store}.ts`,
  `sandbox/broker/${broker}.ts`,
];

/** How the proxy between two systems tells what passes, and who makes mistakes before our own tests: a project has neither. */
const ONLY_OURS = /\/(?:passing\.ts|test\/(?:broken|live)(?:-[a-z-]+)?\.yaml)$/;

const isTest = (file: string): boolean => file.includes('/test/') || /\.test(?:-data)?\./.test(file);
const parsed = <T>(root: URL, file: string): T => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as T;

/** npm publishes no lock file, so the package carries it under another name. */
const readLock = (root: URL): Lock =>
  parsed(root, existsSync(new URL('package-lock.json', root)) ? 'package-lock.json' : 'dist/lock.json');

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * A project to take away: the pattern and what it imports, byte for byte at the same paths, with a package.json and lock file
 * that have only what those need. `root` is the root of this package. The same question gives the same bytes; `known` saves who
 * makes several the reading of what they share.
 */
export const makeProject = async (root: URL, ask: Ask, facts: Facts, known: Known = new Map()): Promise<Project> => {
  // Data that its code names comes along with that, the requirements with conform.ts; what only the service reads stays here.
  const own = filesBelow(root, `patterns/${ask.pattern}/`).filter(
    (file) =>
      !ONLY_OURS.test(file) &&
      (file.endsWith('.ts') || /\/(?:README\.md|requirements\.yaml)$/.test(file) || isTest(file)),
  );
  const contracts = filesBelow(root, 'openapi/').filter((file) => file.startsWith(`openapi/${ask.pattern}.`));
  // The embedded engines are what its tests and its own conformance run on.
  const drivers = [...driversOf(ask), 'sandbox/sql/sqlite.ts', 'sandbox/broker/local.ts'];
  const judging = facts.judgesItself ? ['sandbox/conformance/own.ts'] : [];
  const running = await follow(root, [...own.filter((file) => !isTest(file)), ...drivers, ...judging], known);
  const all = await follow(root, [...own, ...drivers, ...judging], known);
  const pkg = parsed<OwnPackage>(root, 'package.json');
  const manifest = packageJson(pkg, ask, { running: running.packages, testing: all.packages }, facts.judgesItself);
  const files = new Map<string, Uint8Array>();
  for (const file of new Set([...all.files, ...contracts])) files.set(file, readFileSync(new URL(file, root)));
  const generated: Readonly<Record<string, string>> = {
    ...surroundings(ask, facts),
    ...(facts.judgesItself
      ? { 'conform.ts': conform(ask.pattern, own, (file) => readFileSync(new URL(file, root), 'utf8')) }
      : {}),
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'package-lock.json': `${JSON.stringify(pruneLock(readLock(root), manifest), null, 2)}\n`,
    'README.md': readme(ask, facts, pkg.version),
  };
  for (const [file, text] of Object.entries(generated)) files.set(file, Buffer.from(text));
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const hashes = Object.fromEntries(sorted.map(([file, bytes]) => [file, hashOf(bytes)]));
  return new Map([...sorted, [ORIGIN, Buffer.from(origin(ask, pkg.version, hashes))]]);
};
