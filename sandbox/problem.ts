/**
 * Errors are data. A template says what kind of thing went wrong; `problem(template, …)` makes one that can be thrown
 * anywhere and is rendered once, at the edge: problem+json for the service's own API, OperationOutcome for FHIR (with the
 * dialect's code for `condition`), HL7 v2 ERR for MLLP. Anything else that is thrown is a 500 without detail.
 */
export interface Problem {
  /** Stable name of the condition, kebab-case (`version-conflict`): dialects map it to their own status and code. */
  readonly condition: string;
  readonly title: string;
  readonly status: number;
  /** FHIR R4 IssueType (http://hl7.org/fhir/R4/valueset-issue-type.html). */
  readonly issue: string;
}

/** One thing that is wrong, and where: a FHIRPath-like location, a JSON pointer, a header or a parameter name. */
export interface Fault {
  readonly detail: string;
  readonly at?: string;
  readonly severity?: 'fatal' | 'error' | 'warning' | 'information';
  /** Overrides the template's issue type. */
  readonly issue?: string;
}

export class ProblemError extends Error {
  readonly problem: Problem;
  readonly faults: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(template: Problem, faults: readonly Fault[], headers: Readonly<Record<string, string>> = {}) {
    super(`${template.title}: ${faults.map((fault) => fault.detail).join('; ')}`);
    this.name = 'ProblemError';
    this.problem = template;
    this.faults = faults;
    this.headers = headers;
  }
}

/** Makes a throwable problem from a template and one detail, or several. */
export const problem = (
  template: Problem,
  detail: string | readonly Fault[],
  options: { at?: string; headers?: Readonly<Record<string, string>> } = {},
): ProblemError => {
  const faults =
    typeof detail === 'string' ? [options.at === undefined ? { detail } : { detail, at: options.at }] : detail;
  return new ProblemError(template, faults, options.headers);
};

const template = (condition: string, status: number, title: string, issue: string): Problem => ({
  condition,
  status,
  title,
  issue,
});

export const BAD_REQUEST = template('bad-request', 400, 'Bad request', 'invalid');
export const MALFORMED_BODY = template('malformed-body', 400, 'The body cannot be parsed', 'structure');
export const INVALID_RESOURCE = template('invalid-resource', 400, 'The resource is not valid', 'structure');
export const INVALID_PARAMETER = template('invalid-parameter', 400, 'A parameter is not valid', 'invalid');
export const INVALID_ID = template('invalid-id', 400, 'The id is not valid', 'value');
export const MISSING_HEADER = template('missing-header', 400, 'A required header is missing', 'required');
export const INVALID_HEADER = template('invalid-header', 400, 'A header is not valid', 'value');
export const INVALID_NHS_NUMBER = template('invalid-nhs-number', 400, 'The NHS number is not valid', 'value');
export const REAL_NHS_NUMBER = template(
  'real-nhs-number',
  400,
  'The NHS number may belong to a real person',
  'business-rule',
);
export const UNAUTHENTICATED = template('unauthenticated', 401, 'Credentials are missing or not valid', 'login');
export const FORBIDDEN = template('forbidden', 403, 'Not allowed', 'forbidden');
export const NOT_FOUND = template('not-found', 404, 'Not found', 'not-found');
export const UNKNOWN_PATH = template('unknown-path', 404, 'Nothing is served here', 'not-supported');
export const METHOD_NOT_ALLOWED = template('method-not-allowed', 405, 'Method not allowed', 'not-supported');
export const NOT_ACCEPTABLE = template(
  'not-acceptable',
  406,
  'None of the accepted types can be produced',
  'not-supported',
);
export const CONFLICT = template('conflict', 409, 'Conflict with the current state', 'conflict');
export const GONE = template('gone', 410, 'Deleted', 'deleted');
export const PRECONDITION_MISSING = template('precondition-missing', 400, 'If-Match is required', 'required');
export const VERSION_CONFLICT = template('version-conflict', 412, 'The version is not the current one', 'conflict');
export const PRECONDITION_FAILED = template(
  'precondition-failed',
  412,
  'The precondition does not hold',
  'multiple-matches',
);
export const TOO_LARGE = template('too-large', 413, 'The body is too large', 'too-long');
export const UNSUPPORTED_MEDIA_TYPE = template(
  'unsupported-media-type',
  415,
  'The body type is not supported',
  'not-supported',
);
export const UNPROCESSABLE = template('unprocessable', 422, 'The content cannot be processed', 'processing');
export const TOO_MANY_REQUESTS = template('too-many-requests', 429, 'Too many requests', 'throttled');
export const INTERNAL = template('internal', 500, 'Something went wrong here', 'exception');
export const NOT_IMPLEMENTED = template('not-implemented', 501, 'Not implemented', 'not-supported');
export const UPSTREAM_FAILED = template('upstream-failed', 502, 'The other system did not answer', 'transient');
export const UNAVAILABLE = template('unavailable', 503, 'Not available', 'transient');
/** Nobody waits so long here; a fault can be told to answer so. */
export const REQUEST_TIMEOUT = template('request-timeout', 408, 'The request was not answered in time', 'timeout');
export const UPSTREAM_TIMEOUT = template('upstream-timeout', 504, 'The other system did not answer in time', 'timeout');
