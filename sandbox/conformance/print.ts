import { reportHtml } from './html.ts';
import { junit } from './junit.ts';
import type { Report } from './report.ts';
import { table } from './table.ts';

export type Format = 'table' | 'json' | 'junit' | 'html';
export const FORMATS: readonly Format[] = ['table', 'json', 'junit', 'html'];

/**
 * Reports as a command prints them: several are one JUnit document, one HTML file, one JSON list, or tables one after another. In colour where
 * the terminal has colours, and NO_COLOR does not forbid them.
 */
export const printReports = (reports: readonly Report[], format: Format): string => {
  if (format === 'json') return `${JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2)}\n`;
  if (format === 'junit') return junit(...reports);
  if (format === 'html') return reportHtml(...reports);
  const colour = process.stdout.isTTY === true && process.stdout.hasColors();
  const width = process.stdout.columns ?? 100;
  return reports.map((report) => table(report, { colour, width })).join('\n');
};
