import { forgetClients, sweepTokens } from '../../sandbox/auth/token-rows.ts';
import { releasePorts } from '../../sandbox/mllp-ports.ts';
import type { StorePart } from '../../sandbox/pattern.ts';
import { storeOf } from '../../sandbox/space.ts';
import type { Sql, Tx } from '../../sandbox/sql/port.ts';

/** Rows a statement may delete: SQLite blocks the process for as long as one runs (rules 1). */
const PAGE = 500;

interface Doomed {
  readonly serial: number;
  readonly pattern: string;
}

/** Takes the sandbox's rows away at once and leaves what it holds, by its serial, to the sweeper. Returns whether it was there. */
export const forgetSandbox = async (tx: Tx, id: string): Promise<boolean> => {
  const [row] = await tx.query<{ serial: number; pattern: string }>(
    'delete from sandbox where id = $1 returning serial, pattern',
    [id],
  );
  if (row === undefined) return false;
  await doom(tx, row);
  await tx.query('delete from participant where sandbox = $1', [id]);
  await tx.query('delete from access_key where sandbox = $1', [id]);
  await releasePorts(tx, id);
  await forgetClients(tx, id);
  return true;
};

/** Hands the rows of a serial, which nothing shows any more, to the sweeper. */
export const doom = async (tx: Tx, { serial, pattern }: Doomed): Promise<void> => {
  await tx.query('insert into doomed (serial, pattern) values ($1, $2) on conflict (serial) do nothing', [
    serial,
    pattern,
  ]);
};

/** Each deletes at most a page of a serial's rows in tables that every sandbox has, and returns how many it deleted. */
const CORE_SWEEPS: readonly string[] = [
  `delete from exchange where serial = $1 and id in
     (select id from exchange where serial = $1 order by cursor limit $2) returning id`,
  `delete from journal_extent where serial in (select serial from journal_extent where serial = $1 limit $2)
     returning serial`,
  `delete from timer where serial = $1 and (due, seq) in
     (select due, seq from timer where serial = $1 order by due, seq limit $2) returning seq`,
  `delete from fault where serial = $1 and position in
     (select position from fault where serial = $1 order by position limit $2) returning position`,
  `delete from message where serial = $1 and id in
     (select id from message where serial = $1 order by id limit $2) returning id`,
  `delete from message_body where serial = $1 and id in
     (select id from message_body where serial = $1 order by id limit $2) returning id`,
  `delete from kept_reply where serial = $1 and (participant, sender, id) in
     (select participant, sender, id from kept_reply where serial = $1 order by participant, sender, id limit $2)
     returning id`,
  `delete from scenario_progress where serial = $1 and scenario in
     (select scenario from scenario_progress where serial = $1 order by scenario limit $2) returning scenario`,
];

/** Rows of a quarter of a megabyte. */
const SWEEP_BLOBS = `delete from blob_chunk where serial = $1 and (sha256, position) in
  (select sha256, position from blob_chunk where serial = $1 order by sha256, position limit $2) returning position`;
const BLOBS_PAGE = 10;

/** What a pattern's sandboxes hold beyond the tables that every sandbox has. */
export interface Stores {
  readonly parts: readonly StorePart[];
  readonly participants: number;
}

/** One transaction of about a page. Returns whether the serial holds nothing any more. */
const sweepPage = async (sql: Sql, serial: number, { parts, participants }: Stores): Promise<boolean> =>
  sql.transaction(async (tx) => {
    let left = PAGE;
    for (const statement of CORE_SWEEPS) {
      if (left > 0) left -= (await tx.query(statement, [serial, left])).length;
    }
    if (left > 0) left -= (await tx.query(SWEEP_BLOBS, [serial, Math.min(left, BLOBS_PAGE)])).length;
    for (let index = 0; index < participants; index += 1) {
      for (const part of parts) {
        if (left > 0) left -= await part.sweep(tx, storeOf(serial, index), left);
      }
    }
    if (left < PAGE) return false;
    await tx.query('delete from doomed where serial = $1', [serial]);
    return true;
  });

export interface SweepOptions {
  readonly sql: Sql;
  /** The stores of a pattern; no parts where the pattern is no longer there. */
  storesOf(pattern: string): Promise<Stores>;
  /** After a sandbox was forgotten, so that its streams end. */
  forgotten(sandbox: string): void;
  now(): number;
}

/** Forgets a few sandboxes whose time is up, then deletes a page of what is doomed. Returns whether more is left to do. */
export const sweepTurn = async ({ sql, storesOf, forgotten, now }: SweepOptions): Promise<boolean> => {
  const expired = await sql.query<{ id: string }>(
    'select id from sandbox where expires_real <= $1 order by expires_real limit 20',
    [now()],
  );
  for (const { id } of expired) {
    // Asked again inside: whoever else sweeps this store may have been first.
    await sql.transaction((tx) => forgetSandbox(tx, id));
    forgotten(id);
  }
  const tokens = await sweepTokens(sql, now(), PAGE);
  const [next] = await sql.query<{ serial: number; pattern: string }>(
    'select serial, pattern from doomed order by serial limit 1',
  );
  if (next === undefined) return expired.length > 0 || tokens;
  await sweepPage(sql, next.serial, await storesOf(next.pattern));
  return true;
};

export interface Sweeper {
  /** Looks again now, for instance because a sandbox was deleted. */
  nudge(): void;
  /** Idempotent; waits for the turn that is running. */
  close(): Promise<void>;
}

/** Sweeps every `pause` real milliseconds, and turn after turn, yielding between them, while there is work. */
export const startSweeper = (options: SweepOptions & { failed(error: unknown): void }, pause = 30_000): Sweeper => {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const turn = async (): Promise<void> => {
    let more = false;
    try {
      more = await sweepTurn(options);
    } catch (error) {
      options.failed(error);
    }
    running = undefined;
    // Between two pages others get their turn; sweeping is never urgent.
    if (!closed) schedule(more ? 5 : pause);
  };
  const schedule = (delay: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = turn();
    }, delay);
    timer.unref();
  };
  schedule(pause);
  return {
    nudge: () => {
      if (!closed && running === undefined) schedule(0);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
};
