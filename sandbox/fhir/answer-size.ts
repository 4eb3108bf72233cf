/**
 * So many characters of resources go into one answer; the rest is on the next page, or in another bundle. Resources may
 * have five megabytes and pages hundreds of them: together they would be longer than any string of JavaScript can be.
 */
export const ANSWER_MAX = 32 * 1024 * 1024;

/** How many of these, from the first on, fit into one answer: at least one, so that every page gets further. */
export const fitting = (versions: readonly { readonly body: string }[]): number => {
  let size = 0;
  for (const [index, { body }] of versions.entries()) {
    size += body.length;
    if (size > ANSWER_MAX) return Math.max(1, index);
  }
  return versions.length;
};
