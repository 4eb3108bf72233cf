/**
 * Where rows live. Every generation of a sandbox has a serial; a participant's store is serial × 16 + its index, and a
 * space (one resource type in one store) is store × 256 + the type's index in the sorted list of R4 types. Integers keep
 * the index narrow, and a whole store, or a whole generation, is one range (rules 6).
 */
export const PARTICIPANTS_MAX = 16;
export const TYPES_MAX = 256;

export const storeOf = (serial: number, participantIndex: number): number =>
  serial * PARTICIPANTS_MAX + participantIndex;
export const spaceOf = (store: number, typeIndex: number): number => store * TYPES_MAX + typeIndex;
/** The half-open range of spaces that belong to a store. */
export const spacesOf = (store: number): readonly [from: number, below: number] => [
  store * TYPES_MAX,
  (store + 1) * TYPES_MAX,
];
