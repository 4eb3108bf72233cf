import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import type { Fault } from '../../sandbox/problem.ts';
import { type Checked, checkTree } from './check.ts';
import type { Tree } from './tree.ts';

/** A tree file that cannot be used; the message names the file and each place. */
export class TreeError extends Error {
  readonly file: string;
  readonly faults: readonly Fault[];

  constructor(file: string, faults: readonly Fault[]) {
    const lines = faults.map((fault) => `  ${fault.at ?? '/'}: ${fault.detail}`);
    super(`${file} is not a usable decision tree:\n${lines.join('\n')}`);
    this.name = 'TreeError';
    this.file = file;
    this.faults = faults;
  }
}

/** Parses and checks the text of a tree file (YAML 1.2, so JSON too). Never throws: what is wrong is in `faults`. */
export const parseTree = (source: string, patterns?: readonly string[]): Checked => {
  const lines = new LineCounter();
  try {
    const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
    const faults = document.errors.map((error): Fault => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { detail: error.message, at: `line ${line}, column ${col}` };
    });
    return faults.length > 0 ? { faults } : checkTree(document.toJS({ maxAliasCount: 100 }), patterns);
  } catch (error) {
    // Unresolved aliases, "billion laughs" and nesting beyond the stack come out only here.
    return { faults: [{ detail: error instanceof Error ? error.message : String(error), at: '/' }] };
  }
};

/** The tree in a text that came from `file`. Throws {@link TreeError}. */
export const readTree = (source: string, file: string, patterns?: readonly string[]): Tree => {
  const { tree, faults } = parseTree(source, patterns);
  if (tree === undefined) throw new TreeError(file, faults);
  return tree;
};

/** Reads a tree file. Throws {@link TreeError}, also where the file cannot be read. */
export const loadTree = async (file: string, patterns?: readonly string[]): Promise<Tree> => {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    throw new TreeError(file, [{ detail: error instanceof Error ? error.message : String(error), at: '/' }]);
  }
  return readTree(source, file, patterns);
};
