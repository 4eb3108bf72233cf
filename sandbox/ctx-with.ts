import type { Ctx } from './pattern.ts';

/** The same context with some of its members replaced. */
export const ctxWith = (ctx: Ctx, changes: Partial<Ctx>): Ctx => ({
  sandbox: ctx.sandbox,
  participant: ctx.participant,
  dialect: ctx.dialect,
  store: ctx.store,
  allowRealNhsNumbers: ctx.allowRealNhsNumbers,
  sql: ctx.sql,
  transaction: (body) => ctx.transaction(body),
  next: (tx, count) => ctx.next(tx, count),
  now: () => ctx.now(),
  schedule: (tx, timer) => ctx.schedule(tx, timer),
  enqueue: (tx, message) => ctx.enqueue(tx, message),
  send: (to, request) => ctx.send(to, request),
  sendHl7: (to, outgoing) => ctx.sendHl7(to, outgoing),
  baseOf: (participant) => ctx.baseOf(participant),
  blobs: ctx.blobs,
  random: () => ctx.random(),
  uuid: () => ctx.uuid(),
  ...changes,
});
