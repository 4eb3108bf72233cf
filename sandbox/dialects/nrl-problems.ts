import type { Problem } from '../problem.ts';

const refusal = (condition: string, status: number, title: string, issue: string): Problem => ({
  condition,
  status,
  title,
  issue,
});

/** What NRL refuses under a code of its own, beside what any registry of pointers does (pointers/problems.ts). */
export const MISSING_ORGANISATION = refusal('missing-organisation', 400, 'The organisation is not named', 'required');
export const IDENTIFIER_SYSTEM = refusal(
  'invalid-identifier-system',
  400,
  'The identifier is of another kind',
  'invalid',
);
export const IDENTIFIER_VALUE = refusal('invalid-identifier-value', 400, 'The identifier is not valid', 'value');
export const CODE_VALUE = refusal('invalid-code-value', 400, 'The code is not valid', 'value');
export const CODE_SYSTEM = refusal('invalid-code-system', 400, 'The code system is not served', 'code-invalid');
export const TYPE_NOT_AGREED = refusal('type-not-agreed', 403, 'The type is not one that was agreed', 'forbidden');
