import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';

/** What some files need: other files of the package, and packages. */
export interface Needed {
  /** Paths from the root of the package, sorted. */
  readonly files: readonly string[];
  /** Names, sorted. */
  readonly packages: readonly string[];
}

/** `new URL('./literal', import.meta.url)`: the way in which a module names a file that it reads (rules 9). */
const BESIDE = /new URL\(\s*'(\.{1,2}\/[^']*)',\s*import\.meta\.url\s*,?\s*\)/g;

/** `import('./literal')`, of a module or of a type. */
const LATER = /\bimport\(\s*'([^']+)'\s*\)/g;

/** What a module imports and exports from. */
const specifiersOf = (source: string): readonly string[] => {
  const { body } = parse(source, { sourceType: 'module', plugins: ['typescript'] }).program;
  const named = body.flatMap((statement) => {
    const isOne =
      statement.type === 'ImportDeclaration' ||
      statement.type === 'ExportAllDeclaration' ||
      statement.type === 'ExportNamedDeclaration';
    return isOne && statement.source ? [statement.source.value] : [];
  });
  return [...named, ...[...source.matchAll(LATER)].map(([, literal = '']) => literal)];
};

const packageOf = (specifier: string): string | undefined => {
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return undefined;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
};

/** The published package has JavaScript beside its sources: that is no file of ours. */
const isEmitted = (root: URL, file: string): boolean =>
  file.endsWith('.js') && existsSync(new URL(file.replace(/\.js$/, '.ts'), root));

/** Every file of a folder, and of those below it. */
export const filesBelow = (root: URL, folder: string): readonly string[] =>
  readdirSync(new URL(folder, root), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(root, `${folder}${entry.name}/`) : [`${folder}${entry.name}`],
    )
    .filter((file) => !isEmitted(root, file))
    .sort();

/** Declarations of packages that have none lie beside the module that uses the package. */
const declarationsBeside = (root: URL, file: string): readonly string[] => {
  const folder = `${posix.dirname(file)}/`;
  return readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => `${folder}${name}`);
};

/** What each file that was read imports: a file is parsed once, though two follow it. */
export type Known = Map<string, Found>;

interface Found {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

const read = (root: URL, file: string): Found => {
  const source = readFileSync(new URL(file, root), 'utf8');
  const specifiers = specifiersOf(source);
  const from = posix.dirname(file);
  const own = specifiers.filter((one) => one.startsWith('.')).map((one) => posix.join(from, one));
  const packages = specifiers.filter((one) => !one.startsWith('.')).flatMap((one) => packageOf(one) ?? []);
  // A folder's own URL is a base for others, and names no file.
  const beside = [...source.matchAll(BESIDE)]
    .filter(([, literal]) => literal !== './')
    .map(([, literal = '']) => posix.join(from, literal));
  return { files: [...own, ...beside.flatMap((path) => namedBy(root, path))], packages: [...packages] };
};

/** A file, or all of a folder. */
const namedBy = (root: URL, path: string): readonly string[] => {
  const url = new URL(path, root);
  if (!existsSync(fileURLToPath(url))) return [];
  if (!statSync(url).isDirectory()) return [path];
  return path.endsWith('/') ? filesBelow(root, path) : [];
};

/**
 * Everything that the roots reach: by `import`, `import type`, `export … from` and `new URL(…, import.meta.url)`. Computed
 * imports are not followed: what they may load is among the roots.
 */
export const follow = async (root: URL, roots: readonly string[], known: Known = new Map()): Promise<Needed> => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...roots];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!file.endsWith('.ts')) continue;
    let found = known.get(file);
    if (found === undefined) {
      // Hundreds of files are parsed, and a service has others to answer.
      await setImmediate();
      found = read(root, file);
      known.set(file, found);
    }
    waiting.push(...found.files);
    for (const name of found.packages) packages.add(name);
    if (!file.endsWith('.d.ts') && found.packages.length > 0) waiting.push(...declarationsBeside(root, file));
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
};
