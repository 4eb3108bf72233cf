import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Ask, Facts } from './ask.ts';
import { conform } from './conform-entry.ts';
import { driverOf, embeddedDrivers } from './engines.ts';
import { filesBelow, follow, type Known } from './follow.ts';
import { type Lock, pruneLock } from './lock.ts';
import { type OwnPackage, packageJson, withoutAbsent } from './package-json.ts';
import { dialectFiles, judgingRoots, partsOf, testsIn } from './roots.ts';
import { origin, readme, surroundings } from './texts.ts';

/** The record of what was made and written. */
export const ORIGIN = '.fingerpost.yaml';

/** Path → bytes, in the order of paths. */
export type Project = ReadonlyMap<string, Uint8Array>;

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
  const { pattern } = ask;
  const isUsed = (file: string): boolean => !facts.unused.includes(file);
  const textOf = (file: string): string => readFileSync(new URL(file, root), 'utf8');
  const own = filesBelow(root, `patterns/${pattern}/`).filter(isUsed);
  const judged = { pattern, dialects: facts.judged, overMllp: facts.overMllp, files: own, textOf };
  const tests = testsIn(own, facts);
  const roots = [
    `patterns/${pattern}/main.ts`,
    `patterns/${pattern}/README.md`,
    ...partsOf(root, pattern, facts),
    ...dialectFiles(root, facts.spoken),
    ...judgingRoots(judged),
    // Packages that a driver asks for when it is chosen are among what its file imports.
    ...new Set([driverOf('store', ask.store), driverOf('broker', ask.broker), ...embeddedDrivers(root)]),
  ];
  const running = await follow(root, roots, known);
  const all = await follow(root, [...roots, ...tests], known);
  const contracts = filesBelow(root, 'openapi/').filter((file) => file.startsWith(`openapi/${pattern}.`));
  const pkg = parsed<OwnPackage>(root, 'package.json');
  const judgesItself = facts.judged.length > 0;
  const lock = readLock(root);
  const asked = packageJson(pkg, ask, { running: running.packages, testing: all.packages }, judgesItself);
  const manifest = withoutAbsent(asked, pruneLock(lock, asked));
  const files = new Map<string, Uint8Array>();
  for (const file of new Set([...all.files.filter(isUsed), ...contracts]))
    files.set(file, readFileSync(new URL(file, root)));
  const generated: Readonly<Record<string, string>> = {
    ...surroundings(ask, facts),
    ...(judgesItself ? { 'conform.ts': conform(judged) } : {}),
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'package-lock.json': `${JSON.stringify(pruneLock(lock, manifest), null, 2)}\n`,
    'README.md': readme(ask, facts, pkg.version),
  };
  for (const [file, text] of Object.entries(generated)) files.set(file, Buffer.from(text));
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const hashes = Object.fromEntries(sorted.map(([file, bytes]) => [file, hashOf(bytes)]));
  return new Map([...sorted, [ORIGIN, Buffer.from(origin(ask, pkg.version, hashes))]]);
};
