import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { evidencePack } from './evidence-pack.ts';
import { printReports } from './print.ts';
import type { Report } from './report.ts';
import { UsageError } from './run-errors.ts';

const FORMS: Readonly<Record<string, (reports: readonly Report[]) => string | Uint8Array>> = {
  '.html': (reports) => printReports(reports, 'html'),
  '.json': (reports) => printReports(reports, 'json'),
  '.xml': (reports) => printReports(reports, 'junit'),
  '.zip': (reports) => evidencePack(...reports),
};

/** Throws a UsageError for a name that does not say what the file is to be. */
export const checkReportFiles = (files: readonly string[]): void => {
  const wrong = files.filter((file) => !Object.hasOwn(FORMS, extname(file).toLowerCase()));
  if (wrong.length > 0)
    throw new UsageError(`--report ${wrong.join(', ')}: a name ends in ${Object.keys(FORMS).join(', ')}`);
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const unwritable = (file: string, why: string): UsageError =>
  new UsageError(`The report cannot be written to ${file}. ${why}`);

/** Throws a UsageError where a file cannot be written, before a run that may take minutes, and not after it. */
export const checkWritable = async (files: readonly string[]): Promise<void> => {
  for (const file of files) {
    const there = await stat(file).catch(() => undefined);
    if (there?.isDirectory() === true) throw unwritable(file, 'It is a folder');
    await access(there === undefined ? dirname(file) : file, constants.W_OK).catch((error: unknown) => {
      throw unwritable(file, reasonOf(error));
    });
  }
};

/** A report that cannot be written is not a target that failed: it must not end with that exit code. */
export const writeReport = async (file: string, content: string | Uint8Array): Promise<void> => {
  try {
    await writeFile(file, content);
  } catch (error) {
    throw unwritable(file, reasonOf(error));
  }
};

export const writeReportFiles = async (files: readonly string[], reports: readonly Report[]): Promise<void> => {
  for (const file of files) {
    const form = FORMS[extname(file).toLowerCase()];
    if (form !== undefined) await writeReport(file, form(reports));
  }
};
