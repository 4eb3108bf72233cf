import { describe, expect, it } from 'vitest';
import { hashKey, matchesHash, newKey, newSandboxId } from './identifiers.ts';

describe('identifiers', () => {
  it('gives a sandbox 128 random bits in lower case', () => {
    const ids = Array.from({ length: 1000 }, newSandboxId);
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[a-z2-7]{26}$/);
  });

  it('keeps of a key what tells whether it was it, and not the key', () => {
    const key = newKey();
    expect(key).toMatch(/^fpk_[\w-]{32}$/);
    const hash = hashKey(key);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(matchesHash(key, hash)).toBe(true);
    expect(matchesHash(`${key}x`, hash)).toBe(false);
    expect(matchesHash(key, 'no hash')).toBe(false);
  });
});
