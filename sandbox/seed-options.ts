export interface SeedOptions {
  readonly seed: number;
  /** How many synthetic people, besides the well-known examples. */
  readonly people: number;
}

/** One value worth trying: `Patient with a GP`, `9000000009`, `has three versions`. */
export interface Example {
  readonly title: string;
  readonly value: string;
  readonly note?: string;
}
