import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/** How a message came to the recipient: `http`, `mllp`, into a `queue`, or by mail. */
export type Via = string;

export interface Received {
  readonly message: string;
  readonly event: string;
  readonly via: Via;
  readonly at: number;
  /** How often it came; it had its effect once. */
  readonly times: number;
  /** What it was about, in a few words. */
  readonly about: string;
}

/** Notes a message in the transaction of its effect; false where it has been here before, so that it has none. */
export const receive = async (
  ctx: Ctx,
  tx: Tx,
  { message, event, via, about }: Omit<Received, 'at' | 'times'>,
): Promise<boolean> => {
  const made = await tx.query(
    `insert into psh_received (store, message, event, via, at, times, about) values ($1, $2, $3, $4, $5, 1, $6)
     on conflict (store, message) do nothing returning message`,
    [ctx.store, message, event, via, ctx.now(), about],
  );
  if (made.length > 0) return true;
  await tx.query('update psh_received set times = times + 1 where store = $1 and message = $2', [ctx.store, message]);
  return false;
};

const LISTED_MAX = 200;

/** Newest first. */
export const listReceived = (ctx: Ctx, reader: Reader): Promise<Received[]> =>
  reader.query<Received>(
    'select message, event, via, at, times, about from psh_received where store = $1 order by at desc, message limit $2',
    [ctx.store, LISTED_MAX],
  );
