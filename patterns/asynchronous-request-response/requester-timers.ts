import type { Ctx, TimerHandler } from '../../sandbox/pattern.ts';
import { askStatus } from './ask-status.ts';
import { changeRequest, findRequest, type OpenRequest, OVER } from './open-requests.ts';

const numberOf = (data: unknown, name: string): number | undefined => {
  const found: unknown =
    typeof data === 'object' && data !== null ? Object.entries(data).find(([key]) => key === name)?.[1] : undefined;
  return typeof found === 'number' ? found : undefined;
};

const openRequest = async (ctx: Ctx, data: unknown): Promise<OpenRequest | undefined> => {
  const request = await findRequest(ctx, ctx.sql, numberOf(data, 'request') ?? -1);
  return request === undefined || OVER.includes(request.state) ? undefined : request;
};

type Send = (ctx: Ctx, request: OpenRequest, tries: number) => Promise<unknown>;

/** The same message again, with the same ids. */
export const sendsAgain =
  (send: Send): TimerHandler =>
  async ({ data }, ctx) => {
    const request = await openRequest(ctx, data);
    if (request?.state === 'unknown') await send(ctx, request, numberOf(data, 'tries') ?? 2);
  };

/** Asks when Retry-After has passed, and no sooner (RRA-03). */
const askAgain: TimerHandler = async ({ data }, ctx) => {
  const request = await openRequest(ctx, data);
  if (request?.statusUrl === undefined) return;
  const asked = await askStatus(ctx, request);
  if (asked.done) return;
  const due = ctx.now() + Math.max(1, asked.retryAfter ?? 5) * 1_000;
  await ctx.transaction((tx) => ctx.schedule(tx, { name: 'ask-status', due, data: { request: request.seq } }));
};

/** Nothing final in the agreed time: it stays open, where somebody sees it (RRA-15). */
const overdue: TimerHandler = async ({ data }, ctx) => {
  await ctx.transaction(async (tx) => {
    const request = await findRequest(ctx, tx, numberOf(data, 'request') ?? -1);
    if (request !== undefined && !OVER.includes(request.state))
      await changeRequest(ctx, tx, request, { state: 'overdue' });
  });
};

export const requesterTimers: Readonly<Record<string, TimerHandler>> = {
  'ask-status': askAgain,
  overdue,
};
