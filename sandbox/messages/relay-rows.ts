import type { Reader, Sql, Tx } from '../sql/port.ts';
import { MESSAGE_COLUMNS, type MessageRow } from './rows.ts';

/** Sandboxes that are looked at in one pass, and messages that are with the broker at most, of all sandboxes. */
export const SANDBOXES_MAX = 64;
export const SENT_MAX = 1024;
/** Rows of a statement that gives messages back to be relayed again. */
const PAGE = 256;

/** How many messages of each sandbox are with the broker. */
export const countSent = async (reader: Reader): Promise<Map<number, number>> => {
  const rows = await reader.query<{ serial: number; n: number }>(
    `select serial, count(*) as n from
       (select serial from message where state = 'sent' limit ${SENT_MAX}) as bounded group by serial`,
  );
  return new Map(rows.map(({ serial, n }) => [serial, n]));
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

/**
 * Takes the oldest messages of a sandbox that are ready, for one relay: no other will find them ready. They are chosen once,
 * and then changed: PostgreSQL may run a subselect again for each row, which passes over those that it has locked and finds more.
 */
export const takeReady = async (
  tx: Tx,
  serial: number,
  { real, limit, shared }: { readonly real: number; readonly limit: number; readonly shared: boolean },
): Promise<MessageRow[]> => {
  const rows = await tx.query<MessageRow>(
    `with oldest as materialized (select id from message where serial = $1 and state = 'ready' order by seq limit $3
       ${shared ? 'for update skip locked' : ''})
     update message set state = 'sent', sent_real = $2 where serial = $1 and id in (select id from oldest)
     returning ${MESSAGE_COLUMNS}`,
    [serial, real, limit],
  );
  return rows.sort((a, b) => a.seq - b.seq);
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
