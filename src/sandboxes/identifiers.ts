import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 base 32 in lower case, without padding: safe in URLs, file names and host names. */
const base32 = (bytes: Uint8Array): string => {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(held >> bits) & 31];
      held &= (1 << bits) - 1;
    }
  }
  return bits === 0 ? text : text + BASE32[(held << (5 - bits)) & 31];
};

/** 128 random bits: who does not know a sandbox's id cannot guess it. */
export const newSandboxId = (): string => base32(randomBytes(16));
/** An id that need not be secret, such as a key's. */
export const newRowId = (): string => base32(randomBytes(10));
/** Opens the control calls of one sandbox; only its hash is kept. */
export const newKey = (): string => `fpk_${randomBytes(24).toString('base64url')}`;
const digest = (key: string): Buffer => createHash('sha256').update(key).digest();
/** SHA-256 in hex; a key has 192 random bits, so a slow hash would add nothing. */
export const hashKey = (key: string): string => digest(key).toString('hex');
/** Whether `key` has this hash, in a time that does not depend on where they differ. */
export const matchesHash = (key: string, hash: string): boolean => {
  const stored = Buffer.from(hash, 'hex');
  const presented = digest(key);
  return stored.length === presented.length && timingSafeEqual(stored, presented);
};
