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
export type BeforeWrite = (ctx: WritingCtx, tx: Tx, change: Change) => Promise<void>;

/** A context that carries to the repository what it cannot know by itself. */
export interface WritingCtx extends Ctx {
  /** The absolute URL of the FHIR endpoint: references below it are the endpoint's own, and are indexed as relative ones. */
  readonly fhirBase?: string;
  readonly beforeWrite?: BeforeWrite;
}

/** The same context with them. A copy by hand, because a context is not a plain object. */
export const forWriting = (
  ctx: Ctx,
  fhirBase: string | undefined,
  beforeWrite: BeforeWrite | undefined,
): WritingCtx => ({
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
  ...(fhirBase === undefined ? {} : { fhirBase }),
  ...(beforeWrite === undefined ? {} : { beforeWrite }),
});

/** For what the rule itself writes: the same context without the rule, which would judge its own work before the change is stored. */
export const unguarded = (ctx: WritingCtx): WritingCtx => forWriting(ctx, ctx.fhirBase, undefined);
