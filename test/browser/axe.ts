import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on the page as it stands, one line for each place; and whether the page scrolls sideways. */
export const findings = async (page: Page): Promise<string[]> => {
  await page.evaluate(await axeSource);
  const found: unknown =
    await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap((one) => one.nodes.map((node) => one.id + ' at ' + node.target.join(' ') + ': ' + node.failureSummary)))`);
  const beyond: unknown = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return [
    ...(Array.isArray(found) ? found.map(String) : []),
    ...(Number(beyond) > 0 ? [`scrolls sideways by ${String(beyond)} px`] : []),
  ];
};

/** On which each page is looked at. */
export const SCREENS = [
  { width: 1280, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark' },
] as const;
