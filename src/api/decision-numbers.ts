import { maskRealNumbers } from '../../sandbox/nhs-number.ts';
import { problem, REAL_NHS_NUMBER } from '../../sandbox/problem.ts';
import { namesRealAnywhere } from '../../sandbox/real-numbers/in-json.ts';

const namesSomebody = (value: unknown): boolean => {
  const text = JSON.stringify(value);
  return maskRealNumbers(text) !== text || namesRealAnywhere(text);
};

/** A decision is never changed or deleted, so what is written in one must not name a real person. */
export const refuseRealNumbers = ({ supersedes: _id, ...said }: Readonly<Record<string, unknown>>): void => {
  const named = Object.keys(said).filter((member) => namesSomebody(said[member]));
  if (named.length === 0) return;
  const detail = 'Names an NHS number that may belong to a real person, and would be kept for good: leave it out';
  throw problem(
    REAL_NHS_NUMBER,
    named.map((member) => ({ detail, at: `/${member}` })),
  );
};
