import { hasValidCheckDigit } from '../nhs-number.ts';
import { mix } from './random.ts';

/**
 * Numbers of generated people begin with 999, which is kept for tests. The first thousand of them, 9990000xxx, are left
 * to the well-known examples and to the dialects' sentinels.
 */
const BLOCK = 1_000_000;
const RESERVED = 100;
const STEP = 387_420_489; // odd and no multiple of five, so that stepping through the block comes to every place once

const complete = (nine: string): string | undefined => {
  for (let digit = 0; digit <= 9; digit += 1) if (hasValidCheckDigit(`${nine}${digit}`)) return `${nine}${digit}`;
  return undefined;
};

/** An endless row of distinct valid test numbers, in an order that the seed decides; at most about 909,000 of them. */
export function* nhsNumbers(seed: number): Generator<string, undefined> {
  let place = mix(seed) % BLOCK;
  for (let i = 0; i < BLOCK; i += 1) {
    place = (place + STEP) % BLOCK;
    const number = place < RESERVED ? undefined : complete(`999${String(place).padStart(6, '0')}`);
    if (number !== undefined) yield number;
  }
  return undefined;
}
