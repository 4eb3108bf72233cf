import type { Ctx, Incoming } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { forget, keepUnanswered, listUnanswered, postpone, type Request, type Unanswered } from './unanswered.ts';

/** What the requester made of a request. */
export interface Answer {
  /** `unknown` where no reply came, or one that asks to send again: the request may have been carried out or not. */
  readonly outcome: 'answered' | 'unknown';
  readonly requestId: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The exchange in the journal. */
  readonly exchange?: string;
  readonly because?: string;
  /** Not before this time on the sandbox clock may it be sent again. */
  readonly resendAfter?: string;
}

/** Busy, or not in time: PDS asks to send such a request again with the same X-Request-ID. */
const SEND_AGAIN: readonly number[] = [408, 429, 503, 504];
const SHOWN = ['etag', 'location', 'retry-after', 'x-request-id', 'x-correlation-id', 'content-type'];

const bodyOf = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Retry-After in seconds or as a date (RFC 9110 section 10.2.3); without one, 2, 4, 8 … up to 300 seconds. */
export const waitOf = (retryAfter: string | undefined, attempts: number, now: number): number => {
  const text = retryAfter?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? Math.min(2 ** attempts, 300) * 1_000 : Math.max(0, date - now);
};

const attempt = async (ctx: Ctx, request: Request): Promise<Incoming | ProblemError> => {
  const { method, path, headers, body } = request;
  try {
    return await ctx.send('provider', { method, path, headers, ...(body === undefined ? {} : { body }) });
  } catch (error) {
    // 502 and 504: it was sent, and nothing came back. Anything else is our own fault.
    if (error instanceof ProblemError && (error.problem.status === 502 || error.problem.status === 504)) return error;
    throw error;
  }
};

const answerOf = (request: Request, reply: Incoming): Answer => ({
  outcome: SEND_AGAIN.includes(reply.status) ? 'unknown' : 'answered',
  requestId: request.headers['x-request-id'] ?? '',
  status: reply.status,
  headers: Object.fromEntries(
    SHOWN.flatMap((name) => (reply.headers[name] === undefined ? [] : [[name, reply.headers[name]]])),
  ),
  body: bodyOf(reply.body),
  exchange: reply.exchange,
});

/** Sends once. What has to be sent again is kept, with its id, until it is answered: see `resend`. */
const sendOnce = async (ctx: Ctx, request: Request, known?: Unanswered): Promise<Answer> => {
  const reply = await attempt(ctx, request);
  const answer: Answer =
    reply instanceof ProblemError
      ? {
          outcome: 'unknown',
          requestId: request.headers['x-request-id'] ?? '',
          because: reply.faults[0]?.detail ?? reply.message,
        }
      : answerOf(request, reply);
  if (answer.outcome === 'answered') {
    if (known !== undefined) await ctx.transaction((tx) => forget(ctx, tx, known));
    return answer;
  }
  const due = ctx.now() + waitOf(answer.headers?.['retry-after'], (known?.attempts ?? 0) + 1, ctx.now());
  await ctx.transaction((tx) =>
    known === undefined ? keepUnanswered(ctx, tx, due, request) : postpone(ctx, tx, known, due),
  );
  return { ...answer, resendAfter: new Date(due).toISOString() };
};

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A new request, with an id of its own. */
export const callProvider = (ctx: Ctx, { method, path, headers, body }: Call): Promise<Answer> =>
  sendOnce(ctx, {
    method,
    path,
    headers: { accept: 'application/fhir+json', 'x-request-id': ctx.uuid(), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

export interface Resent {
  readonly sent: readonly Answer[];
  /** Requests that the provider asked to hold back for longer, on the sandbox clock. */
  readonly waiting: readonly { readonly requestId: string; readonly notBefore: string }[];
}

/** Sends again, with the same ids and bodies, what is due. Waiting is the sandbox clock's business: nothing here sleeps. */
export const resendDue = async (ctx: Ctx): Promise<Resent> => {
  const sent: Answer[] = [];
  const waiting: { requestId: string; notBefore: string }[] = [];
  for (const one of await listUnanswered(ctx, ctx.sql)) {
    if (one.due <= ctx.now()) sent.push(await sendOnce(ctx, one.request, one));
    else
      waiting.push({
        requestId: one.request.headers['x-request-id'] ?? '',
        notBefore: new Date(one.due).toISOString(),
      });
  }
  return { sent, waiting };
};
