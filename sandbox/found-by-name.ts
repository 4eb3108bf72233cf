import { existsSync, readdirSync } from 'node:fs';

/** From source Node runs the TypeScript; the published package carries JavaScript beside it (rules 8). */
export const CODE = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** The module of this name in a folder that is a registry; undefined where there is none. What it exports, who asks checks. */
export const loadNamed = async (folder: URL, name: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const file = new URL(`${name}${CODE}`, folder);
  return existsSync(file) ? await import(/* @vite-ignore */ file.href) : undefined;
};

/** The names of the modules in a folder, sorted; none where there is no folder. */
export const modulesIn = (folder: URL): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(CODE))
        .map((file) => file.slice(0, -CODE.length))
        .filter((name) => !name.includes('.'))
        .sort()
    : [];
