import { createHash } from 'node:crypto';

/**
 * Uniform numbers in [0, 1) that depend on the given words alone: the same words give the same numbers, in the same order.
 * The generator is sfc32 (C. Doty-Humphrey), seeded by SHA-256.
 */
export const seededRandom = (...words: readonly (string | number | Uint8Array)[]): (() => number) => {
  const hash = createHash('sha256');
  for (const word of words) hash.update(typeof word === 'number' ? String(word) : word).update('\0');
  const seed = hash.digest();
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let counter = 1;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
};
