import type { Ask } from './ask.ts';
import type { Lock, Root } from './lock.ts';

/** What our own package.json says of packages. */
export interface OwnPackage {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

/** What a project needs beside what its files import: the pinned Node, and the tools of its scripts. */
const ALWAYS = ['node'];
const TOOLS = ['typescript', 'vitest', '@types/node', '@types/fhir'];

const versionsOf = (own: OwnPackage, names: readonly string[]): Record<string, string> => {
  const known: Readonly<Record<string, string>> = { ...own.devDependencies, ...own.dependencies };
  return Object.fromEntries(
    [...new Set(names)]
      .sort()
      .flatMap((name): [string, string][] => (known[name] === undefined ? [] : [[name, known[name]]])),
  );
};

/** Declarations of a package that brings none: `@types/ws`. */
const typesOf = (own: OwnPackage, names: readonly string[]): readonly string[] =>
  names
    .map((name) => `@types/${name.replace(/^@/, '').replace('/', '__')}`)
    .filter((name) => name in own.devDependencies);

export interface Packages {
  /** What the pattern imports when it runs, and what only its tests do. */
  readonly running: readonly string[];
  readonly testing: readonly string[];
}

/** The project's package.json: our versions of what it imports, and scripts for what its README says. */
export const packageJson = (
  own: OwnPackage,
  { pattern, dialect }: Ask,
  { running, testing }: Packages,
  judgesItself: boolean,
): Root => {
  const dependencies = versionsOf(own, [...ALWAYS, ...running]);
  const others = [
    ...TOOLS,
    ...testing.filter((name) => !(name in dependencies)),
    ...typesOf(own, [...running, ...testing]),
  ];
  const which = dialect === undefined ? '' : ` --dialect ${dialect}`;
  return {
    name: pattern,
    version: '0.1.0',
    private: true,
    type: 'module',
    engines: { node: '>=20' },
    scripts: {
      start: `node patterns/${pattern}/main.ts${which}`,
      ...(judgesItself ? { conform: `node conform.ts${which}` } : {}),
      types: 'tsc --noEmit',
      test: 'npm run --silent types && vitest run',
    },
    dependencies,
    devDependencies: versionsOf(own, others),
    ...(own.overrides === undefined ? {} : { overrides: own.overrides }),
    ...(own.allowScripts === undefined ? {} : { allowScripts: own.allowScripts }),
  };
};

/** What is said of packages that the project does not reach says nothing, and is left out. */
export const withoutAbsent = (root: Root, { packages }: Lock): Root => {
  const has = (name: string): boolean => Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`));
  const kept = ['overrides', 'allowScripts'].map((member): [string, Record<string, unknown>] => [
    member,
    Object.fromEntries(Object.entries({ ...Object(root[member]) }).filter(([name]) => has(name))),
  ]);
  const { overrides: _overrides, allowScripts: _allowScripts, ...rest } = root;
  return { ...rest, ...Object.fromEntries(kept.filter(([, said]) => Object.keys(said).length > 0)) } as Root;
};
