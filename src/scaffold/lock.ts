/** One package of a lock file (npm, lockfileVersion 3). */
interface Locked {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly dev?: boolean;
  readonly [name: string]: unknown;
}

export interface Lock {
  readonly name?: string;
  readonly version?: string;
  readonly lockfileVersion: number;
  readonly requires?: boolean;
  readonly packages: Readonly<Record<string, Locked>>;
}

/** What a project says of itself in package.json, as far as the lock file repeats it. */
export interface Root {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

/** Where Node finds a package that another one asks for: beside it, else in a folder above. */
const resolve = (packages: Lock['packages'], from: string, name: string): string | undefined => {
  for (let at = from; ; ) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (at === '') return undefined;
    const up = at.lastIndexOf('/node_modules/');
    at = up < 0 ? '' : at.slice(0, up);
  }
};

const neededBy = ({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Locked): string[] => [
  ...Object.keys(dependencies ?? {}),
  ...Object.keys(optionalDependencies ?? {}),
  ...Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true),
];

const reach = (packages: Lock['packages'], names: readonly string[]): ReadonlySet<string> => {
  const reached = new Set<string>();
  const waiting = names.map((name) => ({ from: '', name }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = resolve(packages, next.from, next.name);
    if (path === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const name of neededBy(packages[path] ?? {})) waiting.push({ from: path, name });
  }
  return reached;
};

/**
 * The lock file of a project that needs a part of ours: the same versions, and only what the project reaches. What only its
 * own tools need is marked `dev`, as npm does.
 */
export const pruneLock = (lock: Lock, root: Root): Lock => {
  const inUse = reach(lock.packages, Object.keys(root.dependencies));
  const all = reach(lock.packages, [...Object.keys(root.dependencies), ...Object.keys(root.devDependencies)]);
  const kept = Object.entries(lock.packages).flatMap(([path, entry]): [string, Locked][] => {
    if (!all.has(path)) return [];
    const { dev: _dev, devOptional: _devOptional, ...rest } = entry;
    return [[path, inUse.has(path) ? rest : { ...rest, dev: true }]];
  });
  const { name, version } = root;
  return {
    name,
    version,
    lockfileVersion: lock.lockfileVersion,
    requires: true,
    packages: { '': { ...root }, ...Object.fromEntries(kept) },
  };
};
