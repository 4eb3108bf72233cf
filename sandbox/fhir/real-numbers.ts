import {
  findNhsNumbers,
  judgeBareNumber,
  judgeNhsNumber,
  mayNameNhsNumbers,
  NHS_NUMBER_SYSTEM,
  type NhsNumberFinding,
  numberOfReference,
} from '../nhs-number.ts';
import type { Ctx } from '../pattern.ts';
import { problem, REAL_NHS_NUMBER } from '../problem.ts';
import { readPatch } from './json-patch.ts';

type Guard = Pick<Ctx, 'allowRealNhsNumbers'>;

/** Parameters, chained ones too, in which ten digits alone name a person; in `phone`, say, they are something else. */
const NAMES_PEOPLE = /(?:^|[.:])(?:identifier|_id|patient|subject)(?::(?:not|exact|Patient|identifier))?$/;

const judgeToken = (token: string, name: string, allowReal: boolean): NhsNumberFinding | undefined => {
  const mark = token.indexOf('|');
  if (mark < 0) {
    const number = numberOfReference(token) ?? (NAMES_PEOPLE.test(name) ? token : '');
    return judgeBareNumber(number, allowReal, name);
  }
  const [system, value] = [token.slice(0, mark), token.slice(mark + 1)];
  if (system === NHS_NUMBER_SYSTEM) return judgeNhsNumber(value, allowReal, name);
  return mayNameNhsNumbers(system) ? judgeBareNumber(value, allowReal, name) : undefined;
};

/** A search, too, can name a real person, and its URL is recorded. A number that is merely wrong finds nothing. */
export const requireTestNumbers = ({ allowRealNhsNumbers }: Guard, query: URLSearchParams): void => {
  if (allowRealNhsNumbers) return;
  const faults = [...query].flatMap(([name, value]) =>
    value.split(',').flatMap((token) => {
      const finding = judgeToken(token.trim(), name, false);
      return finding?.kind === 'real' ? [finding.fault] : [];
    }),
  );
  if (faults.length > 0) throw problem(REAL_NHS_NUMBER, faults);
};

/** The element that a pointer names, lists counted through, and the one around it: `identifier`, `value` of `/identifier/0/value`. */
const elementsOf = (path: readonly string[]): readonly [inner: string, outer: string] => {
  const names = path.filter((step) => !/^(?:[0-9]+|-)$/.test(step));
  return [names.at(-1) ?? '', names.at(-2) ?? ''];
};

/** A JSON Patch none of whose values may be a real person's number: else it is refused before anything else is said of it. */
export const readTestPatch = ({ allowRealNhsNumbers }: Guard, body: unknown): ReturnType<typeof readPatch> => {
  const operations = readPatch(body);
  if (allowRealNhsNumbers) return operations;
  const faults = operations.flatMap(({ path, value }, index) => {
    const [inner, outer] = elementsOf(path);
    const node = inner === 'value' ? { [outer]: { value } } : { [inner]: value };
    return findNhsNumbers(node, false, `/${index}`).flatMap(({ kind, fault }) =>
      kind === 'real' ? [{ ...fault, at: `/${index}/value` }] : [],
    );
  });
  if (faults.length > 0) throw problem(REAL_NHS_NUMBER, faults);
  return operations;
};
