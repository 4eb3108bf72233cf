/** What a run may cost, whatever the target does. */
export interface Bounds {
  readonly requests: number;
  /** Milliseconds after which no step begins; what is under way then ends by itself, or by the profile's timeout. */
  readonly milliseconds: number;
}

export const BOUNDS: Bounds = { requests: 1_000, milliseconds: 10 * 60_000 };

/** Ends a drive; the run goes on to judge what it has. */
export class BoundReached extends Error {
  override readonly name = 'BoundReached';
}

/** What bound a run has reached, in words; undefined where none. */
export const boundReached = (bounds: Bounds, requests: number, milliseconds: number): string | undefined => {
  if (requests >= bounds.requests) return `the run ended at its limit of ${bounds.requests} requests`;
  if (milliseconds < bounds.milliseconds) return undefined;
  return `the run ended at its limit of ${Math.round(bounds.milliseconds / 100) / 10} seconds`;
};
