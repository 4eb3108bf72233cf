import type { Ctx } from '../pattern.ts';
import type { Reader } from '../sql/port.ts';

/**
 * `uploading` until its last chunk is there; `accepted` while it waits in the recipient's inbox; `acknowledged` once that has
 * it safely; `undeliverable` where the address led nowhere or nobody collected it.
 */
export type MailStatus = 'uploading' | 'accepted' | 'acknowledged' | 'undeliverable';

/** What travels with a message and is none of the exchange's business. */
export interface About {
  readonly subject?: string;
  readonly fileName?: string;
  readonly partnerId?: string;
  readonly checksum?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly encrypted?: string;
  readonly compressed?: string;
}

/** A message in the exchange; times are ms since the epoch on the sandbox clock. */
export interface Mail {
  readonly message: string;
  readonly seq: number;
  /** Null for a report, which comes from the exchange itself. */
  readonly sender: string | null;
  /** The mailbox that it is in or was meant for; null where the address led to none. */
  readonly recipient: string | null;
  /** As the sender wrote it. */
  readonly address: string;
  readonly workflow: string;
  readonly kind: 'DATA' | 'REPORT';
  readonly status: MailStatus;
  readonly local: string | null;
  readonly about: About;
  readonly total: number;
  readonly size: number;
  readonly created: number;
  readonly accepted: number | null;
  readonly settled: number | null;
  /** The message that a report is about. */
  readonly linked: string | null;
  readonly code: string | null;
  readonly reason: string | null;
}

type Row = Omit<Mail, 'about'> & { readonly about: string };

export const MAIL_COLUMNS =
  'message, seq, sender, recipient, address, workflow, kind, status, local, about, total, size, created, accepted, settled, linked, code, reason';

export const mailOf = (row: Row): Mail => ({ ...row, about: JSON.parse(row.about) });

export const readMail = async (
  reader: Reader,
  where: string,
  values: readonly (string | number)[],
): Promise<readonly Mail[]> =>
  (await reader.query<Row>(`select ${MAIL_COLUMNS} from mailbox_message where ${where}`, values)).map(mailOf);

export const findMail = async (ctx: Ctx, reader: Reader, message: string): Promise<Mail | undefined> =>
  (await readMail(reader, 'store = $1 and message = $2', [ctx.store, message]))[0];

/** What a sender called its own; of several only as many as tell that there is not one. */
export const findByLocalId = (ctx: Ctx, reader: Reader, sender: string, local: string): Promise<readonly Mail[]> =>
  readMail(reader, 'store = $1 and sender = $2 and local = $3 order by seq limit 2', [ctx.store, sender, local]);

/** As many as an inbox lists at once; where it lists exactly so many, there may be more. */
export const INBOX_MAX = 500;

/** What waits in a mailbox, oldest first, after the one that was listed last. */
export const listInbox = async (
  ctx: Ctx,
  mailbox: string,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<readonly string[]> => {
  const last = after === undefined ? undefined : await findMail(ctx, ctx.sql, after);
  const rows = await ctx.sql.query<{ message: string }>(
    `select message from mailbox_message
     where store = $1 and recipient = $2 and status = 'accepted' and seq > $3 order by seq limit $4`,
    [ctx.store, mailbox, last?.seq ?? -1, Math.min(limit, INBOX_MAX)],
  );
  return rows.map(({ message }) => message);
};

/** How many wait, counted up to ten thousand. */
export const countInbox = async (ctx: Ctx, mailbox: string): Promise<number> => {
  const rows = await ctx.sql.query<{ message: string }>(
    `select message from mailbox_message where store = $1 and recipient = $2 and status = 'accepted' order by seq limit 10000`,
    [ctx.store, mailbox],
  );
  return rows.length;
};
