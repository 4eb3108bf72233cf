import { readFileSync } from 'node:fs';

/** The version in package.json. */
export const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
};

/** Who makes a report. */
export const tool = (): string => `fingerpost ${version()}`;
