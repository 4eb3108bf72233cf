import { existsSync, readFileSync } from 'node:fs';
import { parseDialect } from '../../sandbox/dialect-loader.ts';
import type { Facts } from './ask.ts';
import { type Judged, judgingFiles } from './conform-entry.ts';

/** What a project begins with, beside its main.ts: what is found by name when it runs, and no import leads to. */

const present = (root: URL, files: readonly string[]): readonly string[] =>
  files.filter((file) => existsSync(new URL(file, root)));

/** What the pattern has for the dialects that are spoken: one that has nothing of its own there is spoken as the usual one. */
export const partsOf = (root: URL, pattern: string, { dialects, spoken }: Facts): readonly string[] => {
  const partOf = (dialect: string) => present(root, [`patterns/${pattern}/dialects/${dialect}.ts`]);
  const usual = dialects[0] ?? '';
  return [...new Set(spoken.flatMap((dialect) => [...partOf(dialect), ...partOf(usual)].slice(0, 1)))];
};

/** The dialects' own files, and those of dialects that stand beside them. */
export const dialectFiles = (root: URL, spoken: readonly string[]): readonly string[] => {
  const found = new Set<string>();
  const waiting = [...spoken];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const text = readFileSync(new URL(`sandbox/dialects/${name}.yaml`, root), 'utf8');
    waiting.push(...(parseDialect(text, name).beside ?? []));
  }
  const files = [...found].flatMap((name) =>
    ['.yaml', '.openapi.yaml', '.ts'].map((ending) => `sandbox/dialects/${name}${ending}`),
  );
  return present(root, files);
};

/** By which it judges itself. */
export const judgingRoots = (judged: Judged): readonly string[] => {
  const { pattern, dialects, overMllp } = judged;
  if (dialects.length === 0) return [];
  const folder = `patterns/${pattern}`;
  const { checks, drives } = judgingFiles(judged);
  return [
    'sandbox/conformance/own.ts',
    ...(overMllp ? ['sandbox/conformance/hl7-run.ts'] : []),
    `${folder}/requirements.yaml`,
    ...[...checks, ...drives].map((name) => `${folder}/${name}.ts`),
    ...dialects.map((name) => `${folder}/own-seats/${name}.ts`),
  ];
};

/** Who makes mistakes, and who takes part, before our own tests: a project has neither. */
const ONLY_OURS = /\/test\/(?:broken|live)(?:-[a-z-]+)?\.yaml$/;

/**
 * Its tests with their tables. A folder there is named after the dialect that they are about, where that is one; what is about
 * several lies in `every/`, and comes along where all are spoken.
 */
export const testsIn = (files: readonly string[], { dialects, spoken }: Facts): readonly string[] => {
  const folders = new Set([undefined, ...spoken, ...(dialects.length === spoken.length ? ['every'] : [])]);
  return files.filter((file) => {
    const inTest = /^patterns\/[^/]+\/test\/(?:([^/]+)\/)?[^/]+\.(?:test\.ts|yaml)$/.exec(file);
    return inTest !== null && folders.has(inTest[1]) && !ONLY_OURS.test(file);
  });
};
