import { hasValidCheckDigit, judgeNhsNumber, NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import type { Call, Ctx } from '../pattern.ts';
import { INVALID_PARAMETER, type ProblemError, problem, REAL_NHS_NUMBER } from '../problem.ts';
import { VACCINE_TYPES } from './imms-vaccines.ts';

const PATIENT = 'patient.identifier';
const TARGET = '-immunization.target';
const [FROM, TO, INCLUDE] = ['-date.from', '-date.to', '_include'] as const;
const BY_PATIENT = [PATIENT, TARGET, FROM, TO, INCLUDE];

/** A person's records of some vaccines, or the one record with an identifier. */
export type ImmsSearch =
  | {
      readonly by: 'patient';
      readonly number: string;
      readonly targets: readonly string[];
      readonly from?: string;
      readonly to?: string;
    }
  | {
      readonly by: 'identifier';
      readonly system: string;
      readonly value: string;
      readonly elements?: readonly string[];
    };

const refused = (detail: string, at: string): ProblemError => problem(INVALID_PARAMETER, detail, { at });

/** Each parameter once; several values of one are joined by commas. */
const parametersOf = ({ method, query, body }: Call): ReadonlyMap<string, readonly string[]> => {
  const form = method === 'POST' ? new URLSearchParams(Buffer.from(body).toString('utf8')) : [];
  const found = new Map<string, readonly string[]>();
  for (const [name, value] of [...query, ...form]) {
    if (found.has(name)) throw refused('Parameters may not be duplicated. Use commas for "or".', name);
    found.set(
      name,
      value.split(',').map((part) => part.trim()),
    );
  }
  if (found.size === 0) throw refused(`No parameter provided. Search using either identifier or ${PATIENT}`, PATIENT);
  return found;
};

type Parameters = ReturnType<typeof parametersOf>;

const numberIn = (ctx: Ctx, parameters: Parameters): string => {
  const given = parameters.get(PATIENT) ?? [];
  const [one = ''] = given;
  if (given.length !== 1) throw refused(`Search parameter ${PATIENT} must have one value.`, PATIENT);
  const [system, number = '', ...more] = one.split('|');
  if (system !== NHS_NUMBER_SYSTEM || more.length > 0 || !one.includes('|'))
    throw refused(
      `${PATIENT} must be in the format of "${NHS_NUMBER_SYSTEM}|{NHS number}" e.g. "${NHS_NUMBER_SYSTEM}|9000000009"`,
      PATIENT,
    );
  if (!hasValidCheckDigit(number)) throw refused(`Search parameter ${PATIENT} must be a valid NHS number.`, PATIENT);
  const finding = judgeNhsNumber(number, ctx.allowRealNhsNumbers, PATIENT);
  if (finding !== undefined) throw problem(REAL_NHS_NUMBER, [finding.fault]);
  return number;
};

const dateIn = (parameters: Parameters, name: string): string | undefined => {
  const given = parameters.get(name);
  if (given === undefined) return undefined;
  const [date = ''] = given;
  if (given.length !== 1) throw refused(`Search parameter ${name} may have one value at most.`, name);
  const real = /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date));
  if (!real || !new Date(date).toISOString().startsWith(date))
    throw refused(`Search parameter ${name} must be in format: YYYY-MM-DD`, name);
  return date;
};

const byPatient = (ctx: Ctx, parameters: Parameters): ImmsSearch => {
  const number = numberIn(ctx, parameters);
  const targets = [...new Set((parameters.get(TARGET) ?? []).filter((target) => target !== ''))];
  if (targets.length === 0) throw refused(`Search parameter ${TARGET} must have one or more values.`, TARGET);
  if (targets.some((target) => !VACCINE_TYPES.includes(target)))
    throw refused(`${TARGET} must be one or more of the following: ${VACCINE_TYPES.join(', ')}`, TARGET);
  const [from, to] = [dateIn(parameters, FROM), dateIn(parameters, TO)];
  if (from !== undefined && to !== undefined && from > to)
    throw refused(`Search parameter ${FROM} must be before ${TO}`, FROM);
  const [include] = parameters.get(INCLUDE) ?? [];
  if (include !== undefined && include.toLowerCase() !== 'immunization:patient')
    throw refused(`Search parameter ${INCLUDE} may only be 'Immunization:patient' if provided.`, INCLUDE);
  return {
    by: 'patient',
    number,
    targets,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
};

const byIdentifier = (parameters: Parameters): ImmsSearch => {
  if (BY_PATIENT.some((name) => parameters.has(name)))
    throw refused(
      parameters.has('identifier') && parameters.has(PATIENT)
        ? `Search parameter should have either identifier or ${PATIENT}`
        : `Identifier search included ${PATIENT} search parameters`,
      'identifier',
    );
  const given = parameters.get('identifier') ?? [];
  const elements = parameters.get('_elements');
  const [identifier = ''] = given;
  if (identifier === '' && elements !== undefined)
    throw refused('Search parameter _elements must have the following parameter: identifier', '_elements');
  if (given.length !== 1 || !identifier.includes('|') || identifier.includes(' '))
    throw refused(
      'Search parameter identifier must have one value and must be in the format of "identifier.system|identifier.value" "http://xyz.org/vaccs|2345-gh3s-r53h7-12ny"',
      'identifier',
    );
  if (elements?.some((element) => element !== 'id' && element !== 'meta') === true)
    throw refused('_elements must be one or more of the following: id,meta', '_elements');
  const bar = identifier.indexOf('|');
  return {
    by: 'identifier',
    system: identifier.slice(0, bar),
    value: identifier.slice(bar + 1),
    ...(elements === undefined ? {} : { elements }),
  };
};

/** What is asked for; refused, in the real API's words, is what it does not take. */
export const readImmsSearch = (ctx: Ctx, call: Call): ImmsSearch => {
  const parameters = parametersOf(call);
  return parameters.has('identifier') || parameters.has('_elements')
    ? byIdentifier(parameters)
    : byPatient(ctx, parameters);
};
