import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { hashOf, ORIGIN, type Project } from './project.ts';
import { Occupied, writeProject } from './write.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scaffold-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const project = (files: Readonly<Record<string, string>>): Project => {
  const written = Object.entries(files).map(([file, text]): [string, Uint8Array] => [file, Buffer.from(text)]);
  const hashes = Object.fromEntries(written.map(([file, bytes]) => [file, hashOf(bytes)]));
  return new Map([...written, [ORIGIN, Buffer.from(stringify({ files: hashes }))]]);
};
const text = (file: string): string => readFileSync(join(folder, file), 'utf8');

describe('a project that is written', () => {
  it('goes into a folder, and over what it wrote itself', () => {
    writeProject(project({ 'a/b.ts': 'one', 'c.md': 'one' }), folder);
    writeProject(project({ 'a/b.ts': 'two', 'c.md': 'one' }), folder);
    expect([text('a/b.ts'), text('c.md')]).toEqual(['two', 'one']);
  });

  it('takes away what it wrote that is no longer part, with folders that nothing is left in, and nothing else', () => {
    writeProject(project({ 'a/b/one.ts': 'one', 'a/two.ts': 'two', 'c.md': 'three', 'stays.md': 'four' }), folder);
    writeFileSync(join(folder, 'a/two.ts'), 'mine');
    writeFileSync(join(folder, 'a/theirs.ts'), 'two');
    const left = writeProject(project({ 'stays.md': 'four', 'new.md': 'five' }), folder);
    expect(left).toEqual({ removed: ['a/b/one.ts', 'c.md'], kept: ['a/two.ts'] });
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
      ORIGIN,
      'a',
      'a/theirs.ts',
      'a/two.ts',
      'new.md',
      'stays.md',
    ]);
    // What was changed is theirs from now on.
    expect(writeProject(project({ 'stays.md': 'four' }), folder)).toEqual({ removed: ['new.md'], kept: [] });
    expect(text('a/two.ts')).toBe('mine');
  });

  it('takes nothing away where that would overwrite, nor what its record names elsewhere', () => {
    const outside = join(folder, 'outside.md');
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    writeFileSync(outside, 'one');
    const hash = hashOf(Buffer.from('one'));
    const linked = join(inner, 'linked');
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere/file.md'), 'one');
    symlinkSync(join(folder, 'elsewhere'), linked);
    const files = { '../outside.md': hash, './../outside.md': hash, [outside]: hash, 'linked/file.md': hash };
    writeFileSync(join(inner, ORIGIN), stringify({ files }));
    expect(writeProject(project({ 'a.md': 'one' }), inner)).toEqual({ removed: [], kept: [] });
    expect([text('outside.md'), text('elsewhere/file.md')]).toEqual(['one', 'one']);
    writeFileSync(join(inner, 'b.md'), 'mine');
    expect(() => writeProject(project({ 'b.md': 'one' }), inner)).toThrow(Occupied);
    expect(text('inner/a.md')).toBe('one');
  });

  it.each([
    ['was there before', () => writeFileSync(join(folder, 'c.md'), 'mine')],
    ['is a folder there', () => mkdirSync(join(folder, 'd.md'))],
    [
      'is a link there, even one to nothing',
      () => symlinkSync(join(folder, '..', 'elsewhere.md'), join(folder, 'd.md')),
    ],
    ['lies below what is no folder', () => writeFileSync(join(folder, 'e'), 'mine')],
    [
      'was changed, and the record of what was written with it',
      () => {
        writeProject(project({ 'c.md': 'one' }), folder);
        writeFileSync(join(folder, 'c.md'), 'mine');
        writeFileSync(join(folder, ORIGIN), 'files: [');
      },
    ],
    [
      'was changed since',
      () => {
        writeProject(project({ 'c.md': 'one', 'd.md': 'one' }), folder);
        writeFileSync(join(folder, 'c.md'), 'mine');
      },
    ],
  ])('never goes over a file that %s, and then writes nothing', (_, before) => {
    before();
    const all = () => readdirSync(folder, { recursive: true }).sort();
    const there = all();
    const again = () => writeProject(project({ 'a.ts': 'two', 'c.md': 'two', 'd.md': 'one', 'e/f.md': 'two' }), folder);
    expect(again).toThrow(Occupied);
    expect(all()).toEqual(there);
    if (existsSync(join(folder, 'c.md'))) expect(text('c.md')).toBe('mine');
    expect(() => text('a.ts')).toThrow(/ENOENT/);
  });
});
