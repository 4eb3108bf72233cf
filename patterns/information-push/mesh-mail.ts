import type { Ctx, StorePart } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/**
 * A message as a party knows it: `sent`, or received and `taken`, `refused` (a negative acknowledgement says why), or
 * `set-aside` for a person, because nothing here knows what to do with it.
 */
export interface KnownMail {
  /** What the exchange calls it. */
  readonly mail: string;
  /** The MessageHeader.id, as far as it could be read. */
  readonly message: string | null;
  readonly workflow: string;
  readonly state: 'sent' | 'taken' | 'refused' | 'set-aside';
  readonly reason: string | null;
  readonly at: number;
}

const COLUMNS = 'mail, message, workflow, state, reason, at';

/** Which messages of the exchange each party has sent or received, in its own store. */
export const mailStore: StorePart = {
  migrations: [
    {
      id: 'psh-mail-1',
      statements: [
        `create table psh_mail (store bigint not null, mail text not null, message text, workflow text not null,
           state text not null, reason text, at bigint not null, primary key (store, mail)) without rowid`,
      ],
    },
  ],
  copy: async (tx, from, to) => {
    await tx.query(`insert into psh_mail (store, ${COLUMNS}) select $2, ${COLUMNS} from psh_mail where store = $1`, [
      from,
      to,
    ]);
  },
  sweep: async (tx, store, limit) =>
    (
      await tx.query(
        `delete from psh_mail where store = $1 and mail in
           (select mail from psh_mail where store = $1 order by mail limit $2) returning mail`,
        [store, limit],
      )
    ).length,
};

/** Notes a message; false where it is known already, so that it has no effect a second time (PSH-04). */
export const noteMail = async (ctx: Ctx, tx: Tx, known: Omit<KnownMail, 'at'>): Promise<boolean> => {
  const made = await tx.query(
    `insert into psh_mail (store, mail, message, workflow, state, reason, at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (store, mail) do nothing returning mail`,
    [ctx.store, known.mail, known.message, known.workflow, known.state, known.reason, ctx.now()],
  );
  return made.length > 0;
};

export const findKnown = async (ctx: Ctx, reader: Reader, mail: string): Promise<KnownMail | undefined> => {
  const [row] = await reader.query<KnownMail>(`select ${COLUMNS} from psh_mail where store = $1 and mail = $2`, [
    ctx.store,
    mail,
  ]);
  return row;
};

const LISTED_MAX = 200;

/** Newest first. */
export const listMail = (ctx: Ctx): Promise<KnownMail[]> =>
  ctx.sql.query<KnownMail>(`select ${COLUMNS} from psh_mail where store = $1 order by at desc, mail limit $2`, [
    ctx.store,
    LISTED_MAX,
  ]);
