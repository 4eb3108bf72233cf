import type { Ctx, Incoming, Outgoing } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { changeRequest, findRequest, type OpenRequest, type State } from './open-requests.ts';
import { ways } from './ways.ts';

/** What the requester knows after sending, as the act returns it. */
export interface Sent {
  readonly request: number;
  readonly message: string;
  readonly state: State;
  readonly requestId?: string;
  readonly correlationId: string;
  readonly status?: number;
  readonly statusUrl?: string;
  readonly because?: string;
  readonly exchange?: string;
}

/** Busy, or not in time: the same message may be sent again (BaRS Core, retry). Everything else would be refused again. */
const PASSING: readonly number[] = [408, 429, 502, 503, 504];

const attempt = async (ctx: Ctx, sent: Outgoing): Promise<Incoming | ProblemError> => {
  try {
    return await ctx.send(ways.in(ctx).sentTo, sent);
  } catch (error) {
    // 502 and 504: it was sent, and nothing came back. Anything else is our own fault.
    if (error instanceof ProblemError && (error.problem.status === 502 || error.problem.status === 504)) return error;
    throw error;
  }
};

const stateAfter = (ctx: Ctx, reply: Incoming): State =>
  PASSING.includes(reply.status) ? 'unknown' : ways.in(ctx).stateAfter(reply);

/** A response may have overtaken its acknowledgement: what it said stays. */
const settle = async (ctx: Ctx, tx: Tx, request: OpenRequest, state: State, statusUrl?: string): Promise<State> => {
  const now = (await findRequest(ctx, tx, request.seq)) ?? request;
  const next = now.state === 'sent' || now.state === 'unknown' ? state : now.state;
  await changeRequest(ctx, tx, request, { state: next, ...(statusUrl === undefined ? {} : { statusUrl }) });
  return next;
};

const waitOf = (reply: Incoming | ProblemError, tries: number): number => {
  const seconds = reply instanceof ProblemError ? undefined : Number(reply.headers['retry-after']);
  return seconds !== undefined && Number.isFinite(seconds) ? seconds * 1_000 : Math.min(2 ** tries * 5, 3_600) * 1_000;
};

/** Sends, and sends again later what passes; `tries` counts from 1. */
export const transmit = async (
  ctx: Ctx,
  request: OpenRequest,
  tries = 1,
): Promise<Sent & { readonly reply?: Incoming }> => {
  const reply = await attempt(ctx, request.sent);
  const noReply = reply instanceof ProblemError;
  const state = noReply ? 'unknown' : stateAfter(ctx, reply);
  const statusUrl = noReply ? undefined : reply.headers['content-location'];
  const settled = await ctx.transaction(async (tx) => {
    if (state === 'unknown')
      await ctx.schedule(tx, {
        name: 'send-again',
        due: ctx.now() + waitOf(reply, tries),
        data: { request: request.seq, tries: tries + 1 },
      });
    if (statusUrl !== undefined)
      await ctx.schedule(tx, { name: 'ask-status', due: ctx.now() + 2_000, data: { request: request.seq } });
    return settle(ctx, tx, request, state, statusUrl);
  });
  const requestId = request.sent.headers?.['x-request-id'];
  return {
    request: request.seq,
    message: request.message,
    state: settled,
    ...(requestId === undefined ? {} : { requestId }),
    correlationId: request.correlation,
    ...(statusUrl === undefined ? {} : { statusUrl }),
    ...(noReply
      ? { because: reply.faults[0]?.detail ?? reply.message }
      : { status: reply.status, exchange: reply.exchange, reply }),
  };
};
