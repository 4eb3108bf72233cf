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

/** As many as an inbox lists at once, unless told; where it lists exactly so many, there may be more. */
export const INBOX_MAX = 500;

export interface Listing {
  readonly limit: number;
  /** The message that was listed last. */
  readonly after?: string | undefined;
  /** By workflow: `W`, `W*`, `*W*`, and each of them with `!` before it for what is not so. */
  readonly filter?: string;
}

/** What a workflow filter lets through. */
const passes = (filter: string): ((workflow: string) => boolean) => {
  const wanted = !filter.startsWith('!');
  const text = wanted ? filter : filter.slice(1);
  const inner = text.replace(/^\*/, '').replace(/\*$/, '');
  const fits = (workflow: string): boolean => {
    if (text.startsWith('*')) return workflow.includes(inner);
    return text.endsWith('*') ? workflow.startsWith(inner) : workflow === inner;
  };
  return (workflow) => fits(workflow) === wanted;
};

/** What waits in a mailbox, oldest first, after the one that was listed last. */
export const waitingIn = async (ctx: Ctx, mailbox: string, listing: Listing): Promise<readonly Mail[]> => {
  const { limit, after, filter = '*' } = listing;
  const pass = passes(filter);
  const found: Mail[] = [];
  let last = after === undefined ? -1 : ((await findMail(ctx, ctx.sql, after))?.seq ?? -1);
  for (;;) {
    const page = await readMail(
      ctx.sql,
      `store = $1 and recipient = $2 and status = 'accepted' and seq > $3 order by seq limit $4`,
      [ctx.store, mailbox, last, Math.min(limit, INBOX_MAX)],
    );
    found.push(...page.filter(({ workflow }) => pass(workflow)));
    last = page.at(-1)?.seq ?? last;
    if (found.length >= limit || page.length < Math.min(limit, INBOX_MAX)) return found.slice(0, limit);
  }
};

/** What a mailbox has sent since then, oldest first, after the message that was listed last. */
export const sentFrom = async (
  ctx: Ctx,
  mailbox: string,
  { limit, after, since }: { readonly limit: number; readonly after?: string | undefined; readonly since: number },
): Promise<readonly Mail[]> => {
  const last = after === undefined ? -1 : ((await findMail(ctx, ctx.sql, after))?.seq ?? -1);
  return readMail(ctx.sql, `store = $1 and sender = $2 and created >= $3 and seq > $4 order by seq limit $5`, [
    ctx.store,
    mailbox,
    since,
    last,
    limit,
  ]);
};

export const listInbox = async (ctx: Ctx, mailbox: string, listing: Listing): Promise<readonly string[]> =>
  (await waitingIn(ctx, mailbox, listing)).map(({ message }) => message);

/** How many wait, counted up to ten thousand. */
export const countInbox = async (ctx: Ctx, mailbox: string): Promise<number> => {
  const rows = await ctx.sql.query<{ message: string }>(
    `select message from mailbox_message where store = $1 and recipient = $2 and status = 'accepted' order by seq limit 10000`,
    [ctx.store, mailbox],
  );
  return rows.length;
};
