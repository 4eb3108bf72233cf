import { member } from '../../sandbox/act-values.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';

/** What the repository answered. */
export interface Answer {
  /** Absent where nothing came back: then the outcome is unknown. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly because?: string;
}

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const parsed = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
};

const FORM = 'application/x-www-form-urlencoded';

/** Asks the repository; a text is sent as a form, anything else as JSON. */
export const ask = async (ctx: Ctx, { method, path, headers, body }: Question): Promise<Answer> => {
  const type = typeof body === 'string' ? FORM : 'application/fhir+json';
  try {
    const reply = await ctx.send('repository', {
      method,
      path,
      headers: {
        accept: 'application/fhir+json',
        'x-request-id': ctx.uuid(),
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: reply.status, headers: reply.headers, body: parsed(reply.body) };
  } catch (error) {
    // 502 and 504: it was sent, and nothing came back. Anything else is our own fault.
    if (!(error instanceof ProblemError) || ![502, 504].includes(error.problem.status)) throw error;
    return { headers: {}, body: undefined, because: error.faults[0]?.detail ?? error.message };
  }
};

/** What a refusal says is wrong. */
export const reasonOf = ({ body, because, status }: Answer): string => {
  const [issue] = ((issues) => (Array.isArray(issues) ? issues : []))(member(body, 'issue'));
  const said = member(issue, 'diagnostics') ?? member(body, 'detail');
  return typeof said === 'string' ? said : (because ?? `It was answered ${status}`);
};

const nameOf = ({ dialect }: Ctx): string => dialect.concurrency.header?.toLowerCase() ?? 'etag';

/** The version as it was told, in the header that the dialect has for it. */
export const versionTold = (ctx: Ctx, { headers }: Answer): string | undefined => headers[nameOf(ctx)];

/** Whether a change was refused because somebody else was faster: 412 or 409, or 400 with these words. */
export const isStale = (answer: Answer): boolean =>
  answer.status === 412 ||
  answer.status === 409 ||
  (answer.status === 400 && reasonOf(answer).includes('since the last retrieve'));
