import type { StorePart } from './pattern.ts';
import type { Reader } from './sql/port.ts';

/** Where the text of a body lies, for good: a store of the pattern's, and its key there, which that store can read. */
export interface BodySource {
  readonly pattern: string;
  readonly key: string;
}

/** Reads a text where it lies (`Reply.stored`); `partsOf` gives the stores of a pattern. */
export const createBodyReader =
  (reader: Reader, partsOf: (pattern: string) => Promise<readonly StorePart[]>) =>
  async ({ pattern, key }: BodySource): Promise<string | undefined> => {
    for (const part of await partsOf(pattern)) {
      const text = await part.text?.(reader, key);
      if (text !== undefined) return text;
    }
    return undefined;
  };
