/** What faults need to know of a consumer that carries something from one participant to another. */
export interface Lesson {
  /** ISO 8601: how long its receiver waits, where messages have no expiry. One that is `late` comes after that. */
  readonly expected?: string;
  /** The same message, but that it answers `other`, which was never asked; absent where it carries no answers. */
  uncorrelated?(body: Uint8Array, other: string): Uint8Array;
}
