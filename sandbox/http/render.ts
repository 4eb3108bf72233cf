import { randomUUID } from 'node:crypto';
import type { Dialect, DialectError } from '../dialect.ts';
import { type Fault, INTERNAL, type Problem, ProblemError, problem, UNAVAILABLE } from '../problem.ts';
import { SqlError, type SqlTrouble } from '../sql/error.ts';

/** A reply whose body is text already. Header names are in lower case. */
export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Seconds after which a store that was away is likely to be there again. */
const RETRY_AFTER = { 'retry-after': '5' };

/** What a store that is away, or about to be, leaves to be said. */
const AWAY: Partial<Record<SqlTrouble, string>> = {
  unreachable: 'The store cannot be reached at the moment; nothing was changed',
  unknown: 'The store was lost while it wrote: the request may have been carried out, or not',
  closed: 'The service is being stopped; nothing was changed',
  locked: 'Others kept changing the same; nothing was changed',
};

/** What was thrown, as a problem; what nobody foresaw is a 500 that tells no more than where to look in the log. */
export const problemOf = (thrown: unknown, correlation: string): ProblemError => {
  if (thrown instanceof ProblemError) return thrown;
  const away = thrown instanceof SqlError ? AWAY[thrown.trouble] : undefined;
  return away === undefined
    ? new ProblemError(INTERNAL, [{ detail: `Something went wrong here; the log knows it as ${correlation}` }])
    : problem(UNAVAILABLE, away, { headers: RETRY_AFTER });
};

const faultsOf = (error: ProblemError): readonly Fault[] =>
  error.faults.length === 0 ? [{ detail: error.problem.title }] : error.faults;

/** RFC 9457. `instance` is a URI of this occurrence. */
export const renderProblem = (error: ProblemError, instance?: string): Rendered => {
  const { condition, title, status } = error.problem;
  const errors = faultsOf(error).map(({ detail, at }) => (at === undefined ? { detail } : { detail, at }));
  const body = {
    type: `https://integration.example/problem/${condition}`,
    title,
    status,
    detail: errors.map(({ detail }) => detail).join('; '),
    ...(instance === undefined ? {} : { instance }),
    errors,
  };
  const headers = { ...error.headers, 'content-type': 'application/problem+json; charset=utf-8' };
  return { status, headers, body: JSON.stringify(body) };
};

// A resource type, then element names: `Patient.name[0].family`. Anything else is not FHIRPath.
const FHIR_PATH = /^[A-Z][A-Za-z]+(?:[.[]|$)/;

/** Where it is: FHIRPath as `expression`; a parameter or header as R4 writes it, `http.` and the name, in `location`. */
const placeOf = (fault: Fault): object => {
  if (fault.at === undefined || fault.at.startsWith('/')) return {};
  return FHIR_PATH.test(fault.at) && !fault.at.includes('-')
    ? { expression: [fault.at] }
    : { location: [`http.${fault.at}`] };
};

/** How the dialect says this condition; undefined where no dialect is known, as for a sandbox that does not exist. */
const inDialect = (template: Problem, dialect: Dialect | undefined): DialectError | undefined =>
  dialect && (dialect.errors.conditions[template.condition] ?? dialect.errors.default);

const detailsOf = (template: Problem, error: DialectError | undefined, dialect: Dialect | undefined): object => {
  if (error === undefined || dialect === undefined) return { text: template.title };
  const { system, version } = dialect.errors;
  const coding = { system, ...(version === undefined ? {} : { version }), code: error.code, display: error.display };
  return { coding: [coding], text: template.title };
};

/** Whether the client asked for exactly application/json, in Accept or in FHIR's `_format`. */
export const wantsPlainJson = (accept: string | undefined, format?: string | null): boolean => {
  const asked = format ?? accept ?? '';
  return asked.split(';', 1)[0]?.trim().toLowerCase() === 'application/json' && !asked.includes('fhir+json');
};

const claimOf = (dialect: Dialect | undefined): object => {
  const profile = dialect?.errors.profile;
  return profile === undefined ? {} : { id: randomUUID(), meta: { profile: [profile] } };
};

/**
 * FHIR R4 OperationOutcome: one issue for each fault, coded in the dialect's system. The charset is named because FHIR R4
 * http.html#mime-type asks for it.
 */
export const renderOutcome = (error: ProblemError, dialect: Dialect | undefined, plainJson: boolean): Rendered => {
  const template = error.problem;
  const known = inDialect(template, dialect);
  const details = detailsOf(template, known, dialect);
  const issue = faultsOf(error).map((fault) => ({
    severity: fault.severity ?? 'error',
    code: known?.issue ?? fault.issue ?? template.issue,
    details,
    diagnostics: fault.detail,
    ...placeOf(fault),
  }));
  return {
    status: known?.status ?? template.status,
    headers: {
      ...error.headers,
      'content-type': `application/${plainJson ? 'json' : 'fhir+json'}; charset=utf-8`,
    },
    body: JSON.stringify({ resourceType: 'OperationOutcome', ...claimOf(dialect), issue }),
  };
};
