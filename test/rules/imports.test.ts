import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, importsOf, projectFiles } from './source-files.ts';

/** Who may import whom (design, "Layout"). The first zone that matches a path is its zone; `may` says what else it may import. */
interface Zone {
  readonly name: string;
  readonly is: RegExp;
  readonly may: (target: string, file: string, kind: Import) => boolean;
}

const sandbox = (target: string) => target.startsWith('sandbox/');
const folder = (path: string, depth: number) => `${path.split('/').slice(0, depth).join('/')}/`;
const tested = (target: string) =>
  target.startsWith('test/') || sandbox(target) || target.startsWith('src/') || target.startsWith('patterns/');

const zones: readonly Zone[] = [
  {
    name: 'tests',
    is: /\.test\.ts$|^test\/|^bench\/|\/test\//,
    may: (target, file) => tested(target) || target.startsWith(folder(file, 1)),
  },
  { name: 'sandbox', is: /^sandbox\//, may: sandbox },
  {
    name: 'a pattern',
    is: /^patterns\/[^/]+\//,
    may: (target, file) => sandbox(target) || target.startsWith(folder(file, 2)),
  },
  {
    name: 'the catalogue',
    is: /^src\/catalogue[^/]*\.ts$/,
    may: (target) => sandbox(target) || /^src\/catalogue[^/]*\.ts$/.test(target),
  },
  {
    name: 'guide, decisions, scaffold, sandboxes',
    is: /^src\/(guide|decisions|scaffold|sandboxes)\//,
    may: (target, file) => sandbox(target) || target.startsWith(folder(file, 2)),
  },
  { name: 'api, cli, main', is: /^src\//, may: (target) => sandbox(target) || target.startsWith('src/') },
  {
    name: 'web',
    is: /^web\//,
    may: (target, _file, kind) => target.startsWith('web/') || (kind.typeOnly && target.startsWith('src/')),
  },
  { name: 'configuration', is: /^[^/]+\.ts$/, may: (target) => target.startsWith('test/engines/') },
];

const offences = (file: string): string[] => {
  const zone = zones.find(({ is }) => is.test(file));
  if (zone === undefined) return [`${file} lies in no zone`];
  return importsOf(file)
    .filter((kind) => kind.from.startsWith('.'))
    .map((kind) => ({ kind, target: posix.join(posix.dirname(file), kind.from) }))
    .filter(({ kind, target }) => !zone.may(target, file, kind))
    .map(({ target }) => `${file} (${zone.name}) imports ${target}`);
};

describe('who may import whom', () => {
  const files = projectFiles('.ts');

  it.each(zones.map(({ name, is }) => [name, is] as const))('%s imports only what the design lets it', (name, is) => {
    const own = files.filter((file) => zones.find((zone) => zone.is.test(file))?.name === name);
    expect(own.every((file) => is.test(file))).toBe(true);
    expect(own.flatMap(offences)).toEqual([]);
  });

  it('puts every file in a zone', () => {
    expect(files.filter((file) => !zones.some(({ is }) => is.test(file)))).toEqual([]);
  });

  it('loads at a computed address only where a folder is the registry: the loaders of drivers and dialects, and the catalogue', () => {
    const dynamic = files.filter(
      (file) =>
        !/\.test\.ts$|^test\/|^bench\//.test(file) && importsOf(file).some((kind) => kind.dynamic && kind.from === ''),
    );
    const registries = /^sandbox\/(?:(sql|broker)\/open|found-by-name)\.ts$|^src\/catalogue[^/]*\.ts$/;
    expect(dynamic.filter((file) => !registries.test(file))).toEqual([]);
  });
});
