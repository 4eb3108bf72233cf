import { parseMessage } from '../../sandbox/hl7v2/message.ts';
import type { Acknowledged } from '../../sandbox/hl7v2/port.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { isCancelling, takeRri } from './hl7-requester.ts';
import { changeRequest, findRequest, type OpenRequest, type State } from './open-requests.ts';

/** What the requester knows after sending over MLLP. */
export interface Hl7Sent {
  readonly request: number;
  readonly message: string;
  readonly correlationId: string;
  readonly state: State;
  readonly code?: string;
  readonly because?: string;
  readonly exchange?: string;
}

const attempt = async (ctx: Ctx, { sent }: OpenRequest): Promise<Acknowledged | ProblemError> => {
  try {
    return await ctx.sendHl7('provider', { message: String(sent.body) });
  } catch (error) {
    if (error instanceof ProblemError && (error.problem.status === 502 || error.problem.status === 504)) return error;
    throw error;
  }
};

/** CR and AR ask for the same message later; CE and AE for another one. */
const stateAfter = ({ code }: Acknowledged): State => {
  if (code === 'CR' || code === 'AR') return 'unknown';
  return code === 'CE' || code === 'AE' ? 'failed' : 'acknowledged';
};

/** Sends a referral, and sends the same one again later where nobody knows whether it arrived; `tries` counts from 1. */
export const transmitHl7 = async (ctx: Ctx, request: OpenRequest, tries = 1): Promise<Hl7Sent> => {
  const reply = await attempt(ctx, request);
  const unanswered = reply instanceof ProblemError;
  const state = unanswered ? 'unknown' : stateAfter(reply);
  const rri = unanswered || reply.code !== 'AA' || reply.reply === undefined ? undefined : parseMessage(reply.reply);
  const settled = await ctx.transaction(async (tx) => {
    if (state === 'unknown') {
      const due = ctx.now() + Math.min(2 ** tries * 5, 3_600) * 1_000;
      await ctx.schedule(tx, { name: 'send-again', due, data: { request: request.seq, tries: tries + 1 } });
    }
    // A decision may have overtaken the acknowledgement: what it said stays.
    const now = (await findRequest(ctx, tx, request.seq)) ?? request;
    if (now.state !== 'sent' && now.state !== 'unknown') return now.state;
    await changeRequest(ctx, tx, now, { state });
    // In original mode the RRI on the connection may hold a decision already.
    if (rri === undefined || rri.count('RF1') === 0) return state;
    if (rri.text('RF1-1') === 'P' && !isCancelling(now)) return state;
    await takeRri(ctx, tx, now, rri);
    return (await findRequest(ctx, tx, request.seq))?.state ?? state;
  });
  const known = { request: request.seq, message: request.message, correlationId: request.correlation, state: settled };
  if (unanswered) return { ...known, because: reply.faults[0]?.detail ?? reply.message };
  const { code, text, exchange } = reply;
  return {
    ...known,
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { because: text }),
    exchange,
  };
};
