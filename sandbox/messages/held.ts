import type { Sql, Tx } from '../sql/port.ts';

const PAGE = 256;

/** Lets a page of what was held for a participant go; returns how many messages that were. */
const releasePage = async (tx: Tx, serial: number, receiver: string): Promise<number> => {
  const rows = await tx.query(
    `update message set state = 'ready', reason = null where serial = $1 and id in
       (select id from message where serial = $1 and receiver = $2 and state = 'held' order by seq limit ${PAGE})
     returning id`,
    [serial, receiver],
  );
  return rows.length;
};

/** Lets go what was held for a participant, once it is simulated (again) or has a queue of its own. */
export const releaseHeld = async (sql: Sql, serial: number, receiver: string): Promise<void> => {
  while ((await sql.transaction((tx) => releasePage(tx, serial, receiver))) === PAGE);
};

/** The same for all participants: a process may have ended between the change of a seat and what follows from it. */
export const releaseAllHeld = async (sql: Sql): Promise<void> => {
  let after = 0;
  for (;;) {
    const [next] = await sql.query<{ serial: number }>(
      `select serial from message where state = 'held' and serial > $1 order by serial limit 1`,
      [after],
    );
    if (next === undefined) return;
    after = next.serial;
    const free = await sql.query<{ name: string }>(
      `select p.name from participant p join sandbox s on s.id = p.sandbox where s.serial = $1 and (p.mode = 'simulated'
         or exists (select a.name from broker_access a
           where a.serial = s.serial and a.participant = p.name and a.url is not null))`,
      [after],
    );
    for (const { name } of free) await releaseHeld(sql, after, name);
  }
};
