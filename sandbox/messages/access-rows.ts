import { randomBytes } from 'node:crypto';
import type { Reader, Sql, Tx } from '../sql/port.ts';

/** What a party outside has of the broker, for one generation of a sandbox; let-in.ts makes it and takes it away. */
export interface Access {
  /** Of its queue, as our side sends to it. */
  readonly name: string;
  readonly sandbox: string;
  readonly serial: number;
  readonly participant: string;
  /** With the party's credentials; null until there is something to use. */
  readonly url: string | null;
  readonly exchange: string | null;
  readonly queue: string | null;
  /** JSON. */
  readonly routing_keys: string | null;
  /** Why there is nothing to use. */
  readonly reason: string | null;
}

export interface PendingAccess extends Access {
  readonly pattern: string;
  readonly expires_real: number;
}

const COLUMNS = 'name, sandbox, serial, participant, url, exchange, queue, routing_keys, reason';
const PAGE = 100;
/** How long one node is left to it, in real milliseconds: when it ends in between another goes on. */
const LEASE_MS = 30_000;

const SEATED = `select p.sandbox, s.serial, p.name as participant from participant p join sandbox s on s.id = p.sandbox
  where p.queue = 1 and p.mode = 'external'`;

/** Notes for each seat that is to have a queue, and has none, that it will; the name is one that nobody had before. */
export const noteWanted = async (sql: Sql): Promise<void> => {
  const wanted = await sql.query<{ sandbox: string; serial: number; participant: string }>(
    `${SEATED} and not exists
       (select a.name from broker_access a where a.serial = s.serial and a.participant = p.name) limit ${PAGE}`,
  );
  for (const { sandbox, serial, participant } of wanted) {
    const name = `outside.${participant}.${randomBytes(6).toString('hex')}`;
    await sql.transaction((tx) =>
      tx.query(
        `insert into broker_access (name, sandbox, serial, participant) values ($1, $2, $3, $4)
         on conflict (serial, participant) do nothing`,
        [name, sandbox, serial, participant],
      ),
    );
  }
};

/** Those whose seat was given back, or whose sandbox was reset, deleted or has expired. */
export const departed = (reader: Reader): Promise<Access[]> =>
  reader.query<Access>(
    `select ${COLUMNS} from broker_access a where not exists
       (select w.sandbox from (${SEATED}) w where w.serial = a.serial and w.participant = a.participant) limit ${PAGE}`,
  );

/** Those that have nothing to use yet. */
export const pending = (reader: Reader): Promise<PendingAccess[]> =>
  reader.query<PendingAccess>(
    `select ${COLUMNS.replace(/\w+/g, 'a.$&')}, s.pattern, s.expires_real
     from broker_access a join sandbox s on s.id = a.sandbox and s.serial = a.serial
       join participant p on p.sandbox = s.id and p.name = a.participant
     where a.url is null and p.queue = 1 and p.mode = 'external' limit ${PAGE}`,
  );

/** The names of all that have something to use. */
export const granted = async (reader: Reader): Promise<string[]> => {
  const names: string[] = [];
  for (let more = true; more; ) {
    const page = await reader.query<{ name: string }>(
      `select name from broker_access where url is not null and name > $1 order by name limit ${PAGE}`,
      [names.at(-1) ?? ''],
    );
    for (const { name } of page) names.push(name);
    more = page.length === PAGE;
  }
  return names;
};

/** Which of them are left to a node: one that another has let in meanwhile has credentials that are in use. */
const LEFT = { 'to let in': 'and url is null', 'to show out': '' } as const;

/** For one node at a time; false where another is at it, or was. */
export const claim = async (
  sql: Sql,
  { name }: Pick<Access, 'name'>,
  real: number,
  why: keyof typeof LEFT,
): Promise<boolean> => {
  const mine = await sql.transaction((tx) =>
    tx.query(
      `update broker_access set tended_real = $2
       where name = $1 and (tended_real is null or tended_real < $3) ${LEFT[why]} returning name`,
      [name, real, real - LEASE_MS],
    ),
  );
  return mine.length > 0;
};

export const accessFor = async (reader: Reader, serial: number, participant: string): Promise<Access | undefined> => {
  const [row] = await reader.query<Access>(
    `select ${COLUMNS} from broker_access where serial = $1 and participant = $2`,
    [serial, participant],
  );
  return row;
};

/** Whose exchange it is. */
export const accessBy = async (reader: Reader, exchange: string): Promise<Access | undefined> => {
  const [row] = await reader.query<Access>(`select ${COLUMNS} from broker_access where exchange = $1`, [exchange]);
  return row;
};

/** Says that there is nothing to use, and why. */
export const noteMissing = async (tx: Tx, name: string, reason: string): Promise<void> => {
  await tx.query('update broker_access set url = null, reason = $2, tended_real = null where name = $1', [
    name,
    reason,
  ]);
};
