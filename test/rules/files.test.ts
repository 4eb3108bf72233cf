import { describe, expect, it } from 'vitest';
import { projectFiles, read, walk } from './source-files.ts';

const files = projectFiles('.ts');
const product = files.filter((file) => !/\.test\.ts$|^test\/|^bench\/|\/test\//.test(file));
const which = (paths: readonly string[], wrong: (source: string) => boolean) =>
  paths.filter((path) => wrong(read(path)));

describe('every hand-written file', () => {
  it('stays within 250 lines', () => {
    const long = files
      .map((file) => `${read(file).trimEnd().split('\n').length} ${file}`)
      .filter((line) => Number.parseInt(line, 10) > 250);
    expect(long).toEqual([]);
  });

  it('is named after what it does', () => {
    expect(
      files.filter((file) => /(^|\/)(utils?|helpers?|common|misc|managers?|services?)(\.test)?\.ts$/.test(file)),
    ).toEqual([]);
  });

  it('uses no decorator, which Vite leaves as it is and Node cannot parse', () => {
    const decorated = files.filter((file) => {
      let found = false;
      walk(file, (node) => {
        found ||= node.type === 'Decorator';
      });
      return found;
    });
    expect(decorated).toEqual([]);
  });

  it('silences no type error', () => {
    const silencing = new RegExp(['@ts-(ignore|expect-error|nocheck)', 'as unknown as'].join('|'));
    expect(which(product, (source) => silencing.test(source))).toEqual([]);
  });

  it('keeps no state at module level', () => {
    expect(which(product, (source) => /^(export )?let /m.test(source))).toEqual([]);
  });
});

describe('zones with rules of their own', () => {
  it('reads the environment only in entry files, through config', () => {
    const entries = /^(src\/cli\/|src\/main\.ts|patterns\/[^/]+\/main\.ts|[^/]+\.config\.ts)/;
    expect(
      which(
        product.filter((file) => !entries.test(file)),
        (source) => /process\.env/.test(source),
      ),
    ).toEqual([]);
  });

  it('keeps patterns and dialects on the sandbox clock', () => {
    const paths = product.filter((file) => /^patterns\/|^sandbox\/dialects\//.test(file) && !file.endsWith('/main.ts'));
    expect(
      which(paths, (source) => /setTimeout|setInterval|Date\.now\(|new Date\(\)|Math\.random/.test(source)),
    ).toEqual([]);
  });

  it('has no inline style in a web template, which the content security policy would drop', () => {
    expect(
      which(
        product.filter((file) => file.startsWith('web/')),
        (source) => /<[a-z][^>]*\sstyle="/.test(source),
      ),
    ).toEqual([]);
  });

  it('declares Lit properties as static properties, for a class field would shadow the accessor', () => {
    const shadowing: string[] = [];
    for (const file of product.filter((path) => path.startsWith('web/'))) {
      walk(file, (node) => {
        if (node.type !== 'ClassBody' || !Array.isArray(node.body)) return;
        const members: unknown[] = node.body;
        const source = read(file);
        const properties = /static (?:override )?properties = \{([\s\S]*?)\n {2}\};/.exec(source)?.[1] ?? '';
        const reactive = new Set([...properties.matchAll(/^ {4}(\w+):/gm)].map((match) => match[1]));
        for (const member of members) {
          if (
            typeof member !== 'object' ||
            member === null ||
            !('type' in member) ||
            member.type !== 'PropertyDefinition'
          )
            continue;
          if ('static' in member && member.static === true) continue;
          if ('declare' in member && member.declare === true) continue;
          const key = 'key' in member ? member.key : undefined;
          const name = typeof key === 'object' && key !== null && 'name' in key ? String(key.name) : '';
          if (reactive.has(name)) shadowing.push(`${file}: ${name}`);
        }
      });
    }
    expect(shadowing).toEqual([]);
  });
});
