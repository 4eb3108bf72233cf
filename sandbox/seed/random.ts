/** A stream of numbers that is the same for the same seed. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** One of the list, which is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Eight upper-case hexadecimal digits, as PDS gives its list items. */
  itemId(): string;
  /** A version 4 UUID. */
  uuid(): string;
}

const UINT32 = 0x1_0000_0000;

/** Spreads any 32-bit value over all others, one to one (the finaliser of MurmurHash3). */
export const mix = (value: number): number => {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** `stream` tells apart the streams of one seed, so that person 7 is the same whoever comes before. */
export const createRandom = (seed: number, stream = 0): Random => {
  let state = mix(mix(seed) ^ Math.imul(stream + 1, 0x9e3779b1));
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state);
  };
  const next = (): number => word() / UINT32;
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const hex = (): string => word().toString(16).padStart(8, '0');
  return {
    next,
    whole,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
    chance: (probability) => next() < probability,
    itemId: () => hex().toUpperCase(),
    uuid: () => {
      const digits = hex() + hex() + hex() + hex();
      const variant = '89ab'.charAt(whole(0, 3));
      return [
        digits.slice(0, 8),
        digits.slice(8, 12),
        `4${digits.slice(13, 16)}`,
        `${variant}${digits.slice(17, 20)}`,
        digits.slice(20),
      ].join('-');
    },
  };
};
