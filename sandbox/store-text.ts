import { readBody } from './messages/message-body.ts';
import type { StorePart } from './pattern.ts';
import type { Reader } from './sql/port.ts';

/**
 * Where a body lies, for good: a store of the pattern's, and its key there, which that store can read; or a message of a
 * generation of a sandbox.
 */
export type BodySource =
  | { readonly pattern: string; readonly key: string }
  | { readonly serial: number; readonly message: string };

/** Reads a body where it lies (`Reply.stored`); `partsOf` gives the stores of a pattern. */
export const createBodyReader =
  (reader: Reader, partsOf: (pattern: string) => Promise<readonly StorePart[]>) =>
  async (source: BodySource): Promise<string | Uint8Array | undefined> => {
    if ('message' in source) return readBody(reader, source.serial, source.message);
    for (const part of await partsOf(source.pattern)) {
      const text = await part.text?.(reader, source.key);
      if (text !== undefined) return text;
    }
    return undefined;
  };
