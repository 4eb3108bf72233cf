import { findNhsNumbers } from '../nhs-number.ts';
import { realNumbersIn } from '../nhs-number-query.ts';
import type { Ctx } from '../pattern.ts';
import { problem, REAL_NHS_NUMBER } from '../problem.ts';
import { readPatch } from './json-patch.ts';

type Guard = Pick<Ctx, 'allowRealNhsNumbers'>;

/** A search, too, can name a real person, and its URL is recorded. */
export const requireTestNumbers = ({ allowRealNhsNumbers }: Guard, query: URLSearchParams): void => {
  const faults = allowRealNhsNumbers ? [] : realNumbersIn(query);
  if (faults.length > 0) throw problem(REAL_NHS_NUMBER, faults);
};

/** The element that a pointer names, lists counted through, and the one around it: `identifier`, `value` of `/identifier/0/value`. */
const elementsOf = (path: readonly string[]): readonly [inner: string, outer: string] => {
  const names = path.filter((step) => !/^(?:[0-9]+|-)$/.test(step));
  return [names.at(-1) ?? '', names.at(-2) ?? ''];
};

/** A change as it was sent: its JSON Pointer taken apart, and what it puts there. */
interface Put {
  readonly path: readonly string[];
  readonly value?: unknown;
}

/** None of the values that a patch puts may be a real person's number, be the patch in order or not. */
export const requireTestValues = ({ allowRealNhsNumbers }: Guard, puts: readonly Put[]): void => {
  if (allowRealNhsNumbers) return;
  const faults = puts.flatMap(({ path, value }, index) => {
    const [inner, outer] = elementsOf(path);
    const node = inner === 'value' ? { [outer]: { value } } : { [inner]: value };
    return findNhsNumbers(node, false, `/${index}`).flatMap(({ kind, fault }) =>
      kind === 'real' ? [{ ...fault, at: `/${index}/value` }] : [],
    );
  });
  if (faults.length > 0) throw problem(REAL_NHS_NUMBER, faults);
};

/** A JSON Patch none of whose values may be a real person's number: else it is refused before anything else is said of it. */
export const readTestPatch = (guard: Guard, body: unknown): ReturnType<typeof readPatch> => {
  const operations = readPatch(body);
  requireTestValues(guard, operations);
  return operations;
};
