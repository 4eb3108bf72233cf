import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Paths of the files git knows or would add, relative to the root: what is ignored (node_modules, dist) is not ours. */
export const projectFiles = (ending: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', `*${ending}`], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && !path.includes('/generated/'));

export const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

export interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  /** True for `import(…)`; `from` is empty when its argument is not a literal. */
  readonly dynamic: boolean;
}

type Node = { type: string; [key: string]: unknown };
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
const literal = (value: unknown): string => (isNode(value) && typeof value.value === 'string' ? value.value : '');

const visit = (value: unknown, see: (node: Node) => void): void => {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
  } else if (isNode(value)) {
    see(value);
    for (const key of Object.keys(value)) if (key !== 'type') visit(value[key], see);
  }
};

/** Every node of a TypeScript file's syntax tree (ESTree with the TS nodes). */
export const walk = (path: string, see: (node: Node) => void): void => visit(parseAst(read(path), { lang: 'ts' }), see);

const IMPORTING = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration']);

/** What a file imports: `import`, `export … from`, `import type`, `import(…)` and the types of `import('…')`. */
export const importsOf = (path: string): Import[] => {
  const found: Import[] = [];
  walk(path, (node) => {
    if (IMPORTING.has(node.type) && isNode(node.source)) {
      found.push({
        from: literal(node.source),
        typeOnly: node.importKind === 'type' || node.exportKind === 'type',
        dynamic: false,
      });
    } else if (node.type === 'ImportExpression') {
      found.push({ from: literal(node.source), typeOnly: false, dynamic: true });
    } else if (node.type === 'TSImportType') {
      found.push({ from: literal(node.source ?? node.argument), typeOnly: true, dynamic: false });
    }
  });
  return found;
};
