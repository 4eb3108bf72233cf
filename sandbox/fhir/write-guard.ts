import type { Conclusion } from '../conclusion.ts';
import type { Ctx, Incoming, NewMessage, Outgoing, Timer } from '../pattern.ts';
import type { Tx } from '../sql/port.ts';
import type { FhirResource, StoredResource, StoredRow } from './stored.ts';

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

/** A write that has happened, as the same transaction sees it: without `after` it was a deletion. */
export interface Written {
  readonly type: string;
  readonly id: string;
  readonly before?: StoredRow;
  readonly after?: StoredResource;
}

/** What a pattern does about a write, in the write's transaction and after it: a search there finds what was written. */
export type AfterWrite = (ctx: WritingCtx, tx: Tx, written: Written) => Promise<void>;

/** What one does with data: a search shows what it finds, and yet is a right of its own. */
export type Interaction = 'create' | 'read' | 'update' | 'delete' | 'search';

/**
 * With which of these kinds of data (resource types, or what else a dialect tells apart) whoever calls may do this. Asked
 * before anything is looked up, with `*` for what may bring data of any kind.
 */
export type Permits = (ctx: Ctx, interaction: Interaction, kinds: readonly string[]) => Promise<readonly string[]>;

/** A context that carries to the repository what it cannot know by itself. */
export interface WritingCtx extends Ctx {
  /** The absolute URLs of the FHIR endpoint: references below them are its own, and are indexed as relative ones. */
  readonly fhirBases?: readonly string[];
  readonly beforeWrite?: BeforeWrite;
  readonly afterWrite?: AfterWrite;
  /** Everything is allowed where absent. */
  readonly permits?: Permits;
}

/** A class, so that a request costs one object and not a dozen closures. */
class Writing implements WritingCtx {
  readonly #ctx: Ctx;
  readonly sandbox: Ctx['sandbox'];
  readonly participant: Ctx['participant'];
  readonly dialect: Ctx['dialect'];
  readonly store: number;
  readonly allowRealNhsNumbers: boolean;
  readonly sql: Ctx['sql'];
  declare readonly fhirBases?: readonly string[];
  declare readonly beforeWrite?: BeforeWrite;
  declare readonly afterWrite?: AfterWrite;
  declare readonly permits?: Permits;

  constructor(
    ctx: WritingCtx,
    fhirBases: readonly string[] | undefined,
    beforeWrite: BeforeWrite | undefined,
    afterWrite: AfterWrite | undefined,
  ) {
    this.#ctx = ctx;
    this.sandbox = ctx.sandbox;
    this.participant = ctx.participant;
    this.dialect = ctx.dialect;
    this.store = ctx.store;
    this.allowRealNhsNumbers = ctx.allowRealNhsNumbers;
    this.sql = ctx.sql;
    if (fhirBases !== undefined) this.fhirBases = fhirBases;
    if (beforeWrite !== undefined) this.beforeWrite = beforeWrite;
    if (afterWrite !== undefined) this.afterWrite = afterWrite;
    if (ctx.permits !== undefined) this.permits = ctx.permits;
  }

  transaction<T>(body: (tx: Tx) => Promise<T>, conclusion?: Conclusion<T>): Promise<T> {
    return this.#ctx.transaction(body, conclusion);
  }

  next(tx: Tx, count?: number): Promise<number> {
    return this.#ctx.next(tx, count);
  }

  now(): number {
    return this.#ctx.now();
  }

  schedule(tx: Tx, timer: Timer): Promise<void> {
    return this.#ctx.schedule(tx, timer);
  }

  enqueue(tx: Tx, message: NewMessage): Promise<string> {
    return this.#ctx.enqueue(tx, message);
  }

  send(to: string, request: Outgoing): Promise<Incoming> {
    return this.#ctx.send(to, request);
  }

  sendHl7(...given: Parameters<Ctx['sendHl7']>): ReturnType<Ctx['sendHl7']> {
    return this.#ctx.sendHl7(...given);
  }

  baseOf(participant: string): string | undefined {
    return this.#ctx.baseOf(participant);
  }

  get blobs(): Ctx['blobs'] {
    return this.#ctx.blobs;
  }

  random(): number {
    return this.#ctx.random();
  }

  uuid(): string {
    return this.#ctx.uuid();
  }
}

/** The same context with them; what is permitted stays. */
export const forWriting = (
  ctx: WritingCtx,
  fhirBases: readonly string[] | undefined,
  beforeWrite: BeforeWrite | undefined,
  afterWrite?: AfterWrite,
): WritingCtx => new Writing(ctx, fhirBases, beforeWrite, afterWrite);

/** For what the rules themselves write: the same context without them, which would judge their own work before the change is stored. */
export const unguarded = (ctx: WritingCtx): WritingCtx => forWriting(ctx, ctx.fhirBases, undefined);
