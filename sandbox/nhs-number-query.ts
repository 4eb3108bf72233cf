import {
  judgeBareNumber,
  judgeNhsNumber,
  mayNameNhsNumbers,
  NHS_NUMBER_SYSTEM,
  type NhsNumberFinding,
  numberOfReference,
} from './nhs-number.ts';
import type { Fault } from './problem.ts';

/** Parameters, chained ones too, in which ten digits alone name a person; in `phone`, say, they are something else. */
const NAMES_PEOPLE =
  /(?:^|[.:])(?:identifier|_id|patient|subject|nhs[_-]?(?:number|no))(?::(?:not|exact|Patient|identifier))?$/i;

const judgeToken = (token: string, name: string): NhsNumberFinding | undefined => {
  const mark = token.indexOf('|');
  if (mark < 0) {
    const number = numberOfReference(token) ?? (NAMES_PEOPLE.test(name) ? token : '');
    return judgeBareNumber(number, false, name);
  }
  const [system, value] = [token.slice(0, mark), token.slice(mark + 1)];
  if (system === NHS_NUMBER_SYSTEM) return judgeNhsNumber(value, false, name);
  return mayNameNhsNumbers(system) ? judgeBareNumber(value, false, name) : undefined;
};

/** The parameters of a search that name what may be a real person's number. One that is merely wrong finds nothing. */
export const realNumbersIn = (query: URLSearchParams): Fault[] =>
  [...query].flatMap(([name, value]) =>
    value.split(',').flatMap((token) => {
      const finding = judgeToken(token.trim(), name);
      return finding?.kind === 'real' ? [finding.fault] : [];
    }),
  );
