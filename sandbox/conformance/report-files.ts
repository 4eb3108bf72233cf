import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
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

/** A report that cannot be written is not a target that failed: it must not end with that exit code. */
export const writeReport = async (file: string, content: string | Uint8Array): Promise<void> => {
  try {
    await writeFile(file, content);
  } catch (error) {
    throw new UsageError(
      `The report cannot be written to ${file}. ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

export const writeReportFiles = async (files: readonly string[], reports: readonly Report[]): Promise<void> => {
  for (const file of files) {
    const form = FORMS[extname(file).toLowerCase()];
    if (form !== undefined) await writeReport(file, form(reports));
  }
};
