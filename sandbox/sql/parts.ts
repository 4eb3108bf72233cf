/** How many rows a statement is about: of few sizes, so that they stay prepared. */
const SIZES = [64, 16, 4, 1];

/** A list, in parts of those sizes. */
export function* parts<T>(list: readonly T[]): Generator<readonly T[]> {
  let at = 0;
  for (const size of SIZES) for (; list.length - at >= size; at += size) yield list.slice(at, at + size);
}

/** `($3, $4)` for two parameters of which the first is the third. */
export const listed = ({ length }: readonly unknown[], first: number): string =>
  `(${Array.from({ length }, (_, index) => `$${first + index}`).join(', ')})`;
