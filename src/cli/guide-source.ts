import type { Command } from 'commander';
import type { PatternManifest } from '../../sandbox/manifest.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { openCatalogue } from '../catalogue.ts';
import { loadTree, readTree, TreeError } from '../guide/load.ts';
import type { Tree } from '../guide/tree.ts';

/** The catalogue's own tree, or an organisation's; its outcomes are patterns of the catalogue either way. */
export const openTree = async (file: string | undefined): Promise<Tree> => {
  const catalogue = await openCatalogue();
  if (file !== undefined) return loadTree(file, catalogue.ids);
  const { text, where } = await catalogue.tree();
  return readTree(text, where, catalogue.ids);
};

/** Every pattern's manifest by id, for what speaks for and against it. */
export const patternFacts = async (): Promise<Readonly<Record<string, PatternManifest>>> => {
  const catalogue = await openCatalogue();
  const manifests = catalogue.ids.map(
    async (id): Promise<[string, PatternManifest]> => [id, await catalogue.manifest(id)],
  );
  return Object.fromEntries(await Promise.all(manifests));
};

/** Runs what a command does; what the user got wrong (a tree file, an answer) is told in full, with exit code 2. */
export const orUsageError = async (command: Command, run: () => Promise<void>): Promise<void> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof TreeError) command.error(`error: ${error.message}`, { exitCode: 2 });
    if (!(error instanceof ProblemError)) throw error;
    const lines = error.faults.map(({ at, detail }) => `error: ${at === undefined ? '' : `${at}: `}${detail}`);
    command.error(lines.join('\n'), { exitCode: 2 });
  }
};
