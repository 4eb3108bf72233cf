import type { Ctx } from '../pattern.ts';
import type { Tx } from '../sql/port.ts';
import type { FhirResource, StoredRow } from './stored.ts';

/** A write that is about to happen: without `before` it creates (or brings back), without `after` it deletes. */
export interface Change {
  readonly type: string;
  readonly id: string;
  readonly before?: StoredRow;
  readonly after?: FhirResource;
}

/**
 * A pattern's own rule about writes, whatever interaction they come from: create, update, patch, delete, batch or
 * transaction. It runs in the write's transaction, before it: it may refuse by throwing, and write what belongs to it.
 */
export type BeforeWrite = (ctx: Ctx, tx: Tx, change: Change) => Promise<void>;

/** A context that carries the rule to the repository. */
export interface WritingCtx extends Ctx {
  readonly beforeWrite?: BeforeWrite;
}

/** The same context with the rule. A copy by hand, because a context is not a plain object. */
export const withRule = (ctx: WritingCtx, beforeWrite: BeforeWrite | undefined): WritingCtx => {
  if (beforeWrite === undefined || ctx.beforeWrite === beforeWrite) return ctx;
  return {
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
    send: (to, request) => ctx.send(to, request),
    random: () => ctx.random(),
    uuid: () => ctx.uuid(),
    beforeWrite,
  };
};
