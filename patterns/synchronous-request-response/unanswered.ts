import type { Ctx, StorePart } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/** A request of the requester, as it goes out again: with the same X-Request-ID and the same body. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request whose outcome is not known, and when (ms on the sandbox clock) it may be sent again. */
export interface Unanswered {
  readonly seq: number;
  readonly due: number;
  readonly attempts: number;
  readonly request: Request;
}

export const keepUnanswered = async (ctx: Ctx, tx: Tx, due: number, request: Request): Promise<void> => {
  await tx.query('insert into rrs_unanswered (store, seq, due, attempts, request) values ($1, $2, $3, 1, $4)', [
    ctx.store,
    await ctx.next(tx),
    due,
    JSON.stringify(request),
  ]);
};

export const postpone = async (ctx: Ctx, tx: Tx, one: Unanswered, due: number): Promise<void> => {
  await tx.query('update rrs_unanswered set due = $3, attempts = attempts + 1 where store = $1 and seq = $2', [
    ctx.store,
    one.seq,
    due,
  ]);
};

export const forget = async (ctx: Ctx, tx: Tx, one: Unanswered): Promise<void> => {
  await tx.query('delete from rrs_unanswered where store = $1 and seq = $2', [ctx.store, one.seq]);
};

const LISTED_MAX = 100;

/** Oldest first. */
export const listUnanswered = async (ctx: Ctx, reader: Reader): Promise<readonly Unanswered[]> => {
  const rows = await reader.query<{ seq: number; due: number; attempts: number; request: string }>(
    'select seq, due, attempts, request from rrs_unanswered where store = $1 order by seq limit $2',
    [ctx.store, LISTED_MAX],
  );
  // Written by keepUnanswered, from a Request.
  return rows.map((row) => ({ ...row, request: JSON.parse(row.request) as Request }));
};

export const unansweredStore: StorePart = {
  migrations: [
    {
      id: 'rrs-1',
      statements: [
        `create table rrs_unanswered (
          store bigint not null, seq bigint not null, due bigint not null, attempts bigint not null, request text not null,
          primary key (store, seq))`,
      ],
    },
  ],
  copy: async (tx, from, to) => {
    await tx.query(
      `insert into rrs_unanswered (store, seq, due, attempts, request)
       select $2, seq, due, attempts, request from rrs_unanswered where store = $1`,
      [from, to],
    );
  },
  sweep: async (tx, store, limit) => {
    const gone = await tx.query(
      `delete from rrs_unanswered where store = $1 and seq in
         (select seq from rrs_unanswered where store = $1 order by seq limit $2) returning seq`,
      [store, limit],
    );
    return gone.length;
  },
};
