import { parseDuration } from '../duration.ts';
import { seededRandom } from '../random.ts';

/** When a consumer that threw is tried again, on the sandbox clock; durations are ISO 8601. */
export interface Retry {
  /** How often in all; 5 unless told. After the last the message is a dead letter. */
  readonly attempts?: number;
  /** From the first failure to the second attempt; PT10S unless told. */
  readonly first?: string;
  /** By which each wait is longer than the one before; 2 unless told. */
  readonly factor?: number;
  /** No wait is longer; P1D unless told. */
  readonly max?: string;
  /** The share, 0 to 1, by which a wait is longer or shorter, as chance (seeded) has it; 0.2 unless told. */
  readonly jitter?: number;
}

/** Thrown by a consumer where another attempt would be in vain: the message is a dead letter at once, with this reason. */
export class Undeliverable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Undeliverable';
  }
}

const DEFAULTS = { attempts: 5, first: 'PT10S', factor: 2, max: 'P1D', jitter: 0.2 } as const;

/**
 * Milliseconds on the sandbox clock from the failure of an attempt to the next one; undefined after the last. `words` seed
 * the jitter, so that the same run waits for the same times.
 */
export const backOff = (
  retry: Retry | undefined,
  attempt: number,
  words: readonly (string | number | Uint8Array)[],
): number | undefined => {
  const { attempts, first, factor, max, jitter } = { ...DEFAULTS, ...retry };
  if (attempt >= attempts) return undefined;
  const wait = Math.min(parseDuration(max), parseDuration(first) * factor ** (attempt - 1));
  const swing = jitter === 0 ? 0 : (seededRandom(...words)() * 2 - 1) * jitter;
  return Math.max(0, Math.round(wait * (1 + swing)));
};
