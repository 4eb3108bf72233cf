import { describe, expect, it } from 'vitest';
import { type Lock, pruneLock } from './lock.ts';

const LOCK: Lock = {
  name: 'whole',
  version: '1.0.0',
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^1.0.0' } },
    'node_modules/a/node_modules/c': { version: '2.0.0' },
    'node_modules/b': {
      version: '1.0.0',
      dev: true,
      dependencies: { c: '^1.0.0' },
      optionalDependencies: { o: '1.0.0', absent: '1.0.0' },
    },
    'node_modules/c': {
      version: '1.0.0',
      peerDependencies: { p: '1.0.0', q: '1.0.0' },
      peerDependenciesMeta: { q: { optional: true } },
    },
    'node_modules/o': { version: '1.0.0' },
    'node_modules/p': { version: '1.0.0' },
    'node_modules/q': { version: '1.0.0' },
    'node_modules/tool': { version: '1.0.0', dependencies: { c: '^1.0.0', t: '1.0.0' } },
    'node_modules/t': { version: '1.0.0' },
  },
};
const ROOT = { name: 'part', version: '0.1.0', dependencies: { a: '1.0.0' }, devDependencies: { tool: '1.0.0' } };

describe('a lock file that is pruned', () => {
  const { name, packages } = pruneLock(LOCK, ROOT);

  it('keeps what is reached, by whatever kind of dependency that has to be there', () => {
    expect(Object.keys(packages)).toEqual([
      '',
      'node_modules/a',
      'node_modules/b',
      'node_modules/c',
      'node_modules/o',
      'node_modules/p',
      'node_modules/tool',
      'node_modules/t',
    ]);
    expect([name, packages['']?.dependencies]).toEqual(['part', { a: '1.0.0' }]);
  });

  it('marks what only tools need', () => {
    const dev = Object.entries(packages).flatMap(([path, entry]) => (entry.dev === true ? [path] : []));
    expect(dev).toEqual(['node_modules/tool', 'node_modules/t']);
  });

  it('finds the version that lies beside who asks', () => {
    const asksForC = { ...LOCK.packages, 'node_modules/a': { version: '1.0.0', dependencies: { c: '^2.0.0' } } };
    const { packages: kept } = pruneLock({ ...LOCK, packages: asksForC }, { ...ROOT, devDependencies: {} });
    expect(Object.keys(kept)).toEqual(['', 'node_modules/a', 'node_modules/a/node_modules/c']);
  });
});
