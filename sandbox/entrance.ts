/** Something that a participant offers to people, where its interfaces are for systems: `/launch`. */
export interface Entrance {
  readonly participant: string;
  /** Below the participant's base. */
  readonly path: string;
  /** What it is and how one gets in. */
  readonly note: string;
}
