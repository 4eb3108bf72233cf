import { INTERNAL, ProblemError } from '../problem.ts';
import type { MessageFault } from './acknowledge.ts';
import { StructureError } from './check-structure.ts';
import { type Condition, Hl7Error } from './hl7-error.ts';
import { locationOf, readPath } from './path.ts';

/** Why a message is not accepted: AE is for its content, to be put right; AR for the rest, to be sent again later. */
export interface Refusal {
  readonly code: 'AE' | 'AR';
  readonly faults: readonly MessageFault[];
}

/** FHIR issue types, as problems have them, in the words of table 0357. */
const CONDITION_OF: Readonly<Record<string, Condition>> = {
  required: 101,
  value: 102,
  structure: 102,
  invalid: 102,
  'code-invalid': 103,
  'not-found': 204,
  duplicate: 205,
  conflict: 205,
};

const conditionOf = (issue: string): Condition => CONDITION_OF[issue] ?? 207;

const faultsOf = ({ problem, faults }: ProblemError): readonly MessageFault[] =>
  faults.map(({ detail, at, issue, severity }): MessageFault => {
    const path = at === undefined ? undefined : readPath(at);
    return {
      detail,
      condition: conditionOf(issue ?? problem.issue),
      severity: severity === 'warning' ? 'W' : severity === 'information' ? 'I' : 'E',
      ...(path === undefined ? {} : { at: locationOf(path) }),
    };
  });

/** V2-06: what MSH-9, MSH-11 and MSH-12 say that is not supported is AR, and so is everything that is our own trouble. */
export const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Hl7Error) {
    const { condition, at, message } = error;
    const fault = { detail: message, condition, ...(at === undefined ? {} : { at }) };
    return { code: condition >= 200 && condition <= 203 ? 'AR' : 'AE', faults: [fault] };
  }
  if (error instanceof StructureError) return { code: 'AE', faults: error.findings };
  if (error instanceof ProblemError)
    return { code: error.problem.status >= 500 ? 'AR' : 'AE', faults: faultsOf(error) };
  return { code: 'AR', faults: [{ detail: INTERNAL.title, condition: 207 }] };
};
