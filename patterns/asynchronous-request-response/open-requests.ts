import type { Ctx, Outgoing } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import type { Request } from './events.ts';

/**
 * A request stays open until its final answer. `sent`: nothing is known yet but that it was sent; `unknown`: no reply, or one
 * that asks to send it again; `accepted`: an exchange has it for delivery, which is not delivered; `acknowledged`: received, technically; `interim`: an answer came that is not the last one;
 * `overdue`: nothing in the agreed time, somebody has to look; `answered`, `failed`, `cancelled`: over.
 */
export type State =
  | 'sent'
  | 'unknown'
  | 'accepted'
  | 'acknowledged'
  | 'interim'
  | 'overdue'
  | 'answered'
  | 'failed'
  | 'cancelled';

/** A business answer as it was understood. */
export interface Answer {
  readonly message?: string;
  readonly at: string;
  readonly status: string;
  readonly final: boolean;
  readonly late: boolean;
  readonly reason?: string;
}

export interface OpenRequest {
  readonly seq: number;
  readonly message: string;
  readonly header: string;
  readonly correlation: string;
  readonly event: Request;
  /** How the answer comes: as a message, at a status address, or by HL7 v2. */
  readonly way: 'message' | 'status' | 'mllp';
  readonly state: State;
  /** Agreed time of service, on the sandbox clock. */
  readonly due: number;
  readonly statusUrl?: string;
  readonly sent: Outgoing;
  readonly answers: readonly Answer[];
}

interface Row {
  readonly seq: number;
  readonly message: string;
  readonly header: string;
  readonly correlation: string;
  readonly event: string;
  readonly way: string;
  readonly state: string;
  readonly due: number;
  readonly status_url: string | null;
  readonly sent: string;
  readonly answers: string;
}

const COLUMNS = 'seq, message, header, correlation, event, way, state, due, status_url, sent, answers';

// Written by keepRequest and changeRequest, from an OpenRequest.
const requestOf = ({ status_url, ...row }: Row): OpenRequest =>
  ({
    ...row,
    ...(status_url === null ? {} : { statusUrl: status_url }),
    sent: JSON.parse(row.sent),
    answers: JSON.parse(row.answers),
  }) as OpenRequest;

/** Kept before it is sent, so that an answer that overtakes the acknowledgement finds it. */
export const keepRequest = async (
  ctx: Ctx,
  tx: Tx,
  request: Omit<OpenRequest, 'seq' | 'state' | 'answers'>,
): Promise<OpenRequest> => {
  const kept: OpenRequest = { ...request, seq: await ctx.next(tx), state: 'sent', answers: [] };
  await tx.query(
    `insert into rra_open (store, ${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ctx.store,
      kept.seq,
      kept.message,
      kept.header,
      kept.correlation,
      kept.event,
      kept.way,
      kept.state,
      kept.due,
      kept.statusUrl ?? null,
      JSON.stringify(kept.sent),
      '[]',
    ],
  );
  return kept;
};

export const changeRequest = async (
  ctx: Ctx,
  tx: Tx,
  { seq }: OpenRequest,
  change: Partial<Pick<OpenRequest, 'state' | 'statusUrl' | 'answers'>>,
): Promise<void> => {
  await tx.query(
    `update rra_open set state = coalesce($3, state), status_url = coalesce($4, status_url), answers = coalesce($5, answers)
     where store = $1 and seq = $2`,
    [
      ctx.store,
      seq,
      change.state ?? null,
      change.statusUrl ?? null,
      change.answers === undefined ? null : JSON.stringify(change.answers),
    ],
  );
};

const LISTED_MAX = 200;

/** Newest first. */
export const listRequests = async (ctx: Ctx, reader: Reader): Promise<readonly OpenRequest[]> => {
  const rows = await reader.query<Row>(`select ${COLUMNS} from rra_open where store = $1 order by seq desc limit $2`, [
    ctx.store,
    LISTED_MAX,
  ]);
  return rows.map(requestOf);
};

export const findRequest = async (ctx: Ctx, reader: Reader, seq: number): Promise<OpenRequest | undefined> => {
  const [row] = await reader.query<Row>(`select ${COLUMNS} from rra_open where store = $1 and seq = $2`, [
    ctx.store,
    seq,
  ]);
  return row && requestOf(row);
};

/** The request that a response names: by the id of the message, or of its header. */
export const requestNamed = async (ctx: Ctx, reader: Reader, identifier: string): Promise<OpenRequest | undefined> => {
  const [row] = await reader.query<Row>(
    `select ${COLUMNS} from rra_open where store = $1 and (message = $2 or header = $2) order by seq desc limit 1`,
    [ctx.store, identifier],
  );
  return row && requestOf(row);
};

export const OVER: readonly State[] = ['answered', 'failed', 'cancelled'];

/** What a response that answers nothing is kept as, for somebody to look at. */
export interface SetAside {
  readonly at: number;
  readonly reason: string;
  readonly message: string;
}

export const setAside = async (ctx: Ctx, tx: Tx, reason: string, message: string): Promise<void> => {
  await tx.query('insert into rra_aside (store, seq, at, reason, message) values ($1, $2, $3, $4, $5)', [
    ctx.store,
    await ctx.next(tx),
    ctx.now(),
    reason,
    message,
  ]);
};

export const listAside = (ctx: Ctx, reader: Reader): Promise<SetAside[]> =>
  reader.query<SetAside>('select at, reason, message from rra_aside where store = $1 order by seq desc limit $2', [
    ctx.store,
    LISTED_MAX,
  ]);
