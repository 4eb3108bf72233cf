import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const sources = new URL('../../web/', import.meta.url);
const built = new URL('../../dist/web/index.html', import.meta.url);
const lock = new URL('../../dist/.building/', import.meta.url);

const changedAt = (file: URL): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const isCurrent = (): boolean => {
  const newest = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.endsWith('.test.ts'))
    .map((name) => changedAt(new URL(name, sources)));
  return changedAt(built) >= Math.max(...newest);
};

/** Builds the pages where a source is newer than they are. Test files run side by side, so only one of them builds. */
export const buildPages = async (): Promise<void> => {
  mkdirSync(new URL('../../dist/', import.meta.url), { recursive: true });
  for (;;) {
    if (isCurrent()) return;
    try {
      mkdirSync(lock);
      break;
    } catch {
      await wait(100);
    }
  }
  try {
    const { build } = await import('vite');
    await build({ root: fileURLToPath(sources), logLevel: 'error' });
  } finally {
    rmdirSync(lock);
  }
};
