import { listed, parts } from '../sql/parts.ts';
import type { Reader, Sql, Tx } from '../sql/port.ts';
import type { AtHand } from './at-hand.ts';
import { MESSAGE_COLUMNS, type MessageRow } from './rows.ts';

/** Sandboxes that are looked at in one pass, and messages that are with the broker at most, of all sandboxes. */
export const SANDBOXES_MAX = 64;
export const SENT_MAX = 1024;
/** Rows of a statement that gives messages back to be relayed again. */
const PAGE = 256;

/** How many messages of each sandbox are with the broker. */
export const countSent = async (reader: Reader): Promise<Map<number, number>> => {
  // There are no more than SENT_MAX, of which the index has those of a sandbox together.
  const rows = await reader.query<{ serial: number; n: number }>(
    `select serial, count(*) as n from message where state = 'sent' group by serial`,
  );
  return new Map(rows.map(({ serial, n }) => [serial, n]));
};

/** Whether no message of a sandbox that has faults is with the broker. Of several nodes one asks at a time, until it is done. */
export const hasNoneSent = async (tx: Tx, serial: number, node: string | undefined): Promise<boolean> => {
  if (node !== undefined) await tx.query('select position from fault where serial = $1 for update', [serial]);
  const rows = await tx.query(`select id from message where serial = $1 and state = 'sent' limit 1`, [serial]);
  return rows.length === 0;
};

/** The sandboxes that have something ready, those after a serial, in order: one step in the index for each. */
export const readySerials = async (reader: Reader, after: number): Promise<number[]> => {
  const rows = await reader.query<{ serial: number }>(
    `with recursive busy (serial) as (
       select min(serial) from message where state = 'ready' and serial > $1
       union all
       select (select min(m.serial) from message m where m.state = 'ready' and m.serial > busy.serial)
       from busy where busy.serial is not null)
     select serial from busy where serial is not null limit ${SANDBOXES_MAX}`,
    [after],
  );
  return rows.map(({ serial }) => serial);
};

/** A queue that is longer is deep. */
export const DEEP = 3_000;

export const isDeep = async (reader: Reader, serial: number): Promise<boolean> => {
  const rows = await reader.query(
    `select seq from message where serial = $1 and state = 'ready' order by seq limit 1 offset ${DEEP}`,
    [serial],
  );
  return rows.length > 0;
};

interface Found {
  readonly id: string;
  readonly seq: number;
  readonly attempt: number;
}

export interface Taking {
  readonly real: number;
  readonly limit: number;
  readonly node: string | undefined;
  readonly atHand: AtHand;
}

const SENT = `update message set state = 'sent', sent_real = $1, sent_by = $2 where serial = $3`;

/** What of these is not at hand is read. */
const wholeRows = async (tx: Tx, serial: number, found: readonly Found[], atHand: AtHand): Promise<MessageRow[]> => {
  const known = new Map<string, MessageRow>();
  const missing: Found[] = [];
  for (const one of found) {
    const row = atHand.get(one.id, serial, one.attempt);
    if (row === undefined) missing.push(one);
    else known.set(one.id, row);
  }
  const [first, last] = [missing[0], missing.at(-1)];
  if (first !== undefined && last !== undefined) {
    const range = `serial = $1 and state = 'ready' and seq >= $2 and seq <= $3`;
    const rows = await tx.query<MessageRow>(`select ${MESSAGE_COLUMNS} from message where ${range}`, [
      serial,
      first.seq,
      last.seq,
    ]);
    for (const row of rows) known.set(row.id, row);
  }
  return found.flatMap(({ id }) => known.get(id) ?? []);
};

/**
 * Takes the oldest messages of a sandbox that are ready, for one relay: no other will find them ready. It is that of a `node`
 * where several share the store. They are chosen once,
 * and then changed: PostgreSQL may run a subselect again for each row, which passes over those that it has locked and finds
 * more, and SQLite changes rows that it has to return at four times the cost.
 */
export const takeReady = async (
  tx: Tx,
  serial: number,
  { real, limit, node, atHand }: Taking,
): Promise<MessageRow[]> => {
  const found = await tx.query<Found>(
    `select id, seq, attempt from message where serial = $1 and state = 'ready' order by seq limit $2
     ${node === undefined ? '' : 'for update skip locked'}`,
    [serial, limit],
  );
  const last = found.at(-1);
  if (last === undefined) return [];
  const rows = await wholeRows(tx, serial, found, atHand);
  const ids = found.map(({ id }) => id);
  // Whoever is alone has found all up to the last of them.
  if (node === undefined) await tx.query(`${SENT} and state = 'ready' and seq <= $4`, [real, null, serial, last.seq]);
  else
    for (const some of parts(ids))
      await tx.query(`${SENT} and id in ${listed(some, 4)}`, [real, node, serial, ...some]);
  return rows;
};

/** Runs what shares out rows: beside other nodes where the store can, else as any transaction. */
export const sharing = <T>(sql: Sql, body: (tx: Tx) => Promise<T>): Promise<T> =>
  sql.claim === undefined ? sql.transaction(body) : sql.claim(body);

/** Gives back what the broker did not take. */
export const giveBack = async (tx: Tx, rows: readonly MessageRow[]): Promise<void> => {
  for (const { serial, id, attempt } of rows)
    await tx.query(
      `update message set state = 'ready' where serial = $1 and id = $2 and attempt = $3 and state = 'sent'`,
      [serial, id, attempt],
    );
};

/** Gives back a page of what has been with the broker since before a time; returns how many there were. */
export const giveBackOlder = async (tx: Tx, before: number): Promise<number> => {
  const rows = await tx.query(
    `update message set state = 'ready' where state = 'sent' and (serial, id) in
       (select serial, id from message where state = 'sent' and sent_real < $1 limit ${PAGE}) returning id`,
    [before],
  );
  return rows.length;
};
