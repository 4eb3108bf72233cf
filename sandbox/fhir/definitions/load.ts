import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Definitions } from './shape.ts';

const loaded: { definitions?: Definitions } = {};

/** The definitions of R4, read from the committed file at the first call (about 20 ms) and kept. */
export const loadDefinitions = (): Definitions => {
  if (loaded.definitions === undefined) {
    const text = gunzipSync(readFileSync(new URL('./definitions.json.gz', import.meta.url))).toString('utf8');
    // Written by build.ts from the same type; definitions.test.ts proves that the file is what it writes.
    loaded.definitions = JSON.parse(text) as Definitions;
  }
  return loaded.definitions;
};
