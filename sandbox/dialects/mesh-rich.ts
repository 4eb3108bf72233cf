import { findMailbox } from '../mailboxes/directory.ts';
import { type Mail, sentFrom, waitingIn } from '../mailboxes/mail.ts';
import { COLLECTED_WITHIN, KEPT_FOR } from '../mailboxes/timers.ts';
import type { Ctx, Handler } from '../pattern.ts';
import { linksOf, mailboxOf } from './mesh-versions.ts';

/** Messages that are told of at once, unless told. */
const RICH_MAX = 100;

const iso = (at: number | null): string | undefined => (at === null ? undefined : new Date(at).toISOString());

const richly = async (ctx: Ctx, mail: Mail): Promise<object> => {
  const nameOf = async (mailbox: string | null) =>
    mailbox === null ? undefined : (await findMailbox(ctx.sql, ctx.store, mailbox))?.name;
  return {
    message_id: mail.message,
    local_id: mail.local ?? undefined,
    message_type: mail.kind,
    workflow_id: mail.workflow,
    sender: mail.sender ?? undefined,
    sender_name: await nameOf(mail.sender),
    recipient: mail.recipient ?? mail.address,
    recipient_name: await nameOf(mail.recipient),
    sent_date: iso(mail.accepted),
    expiry_timestamp: iso(mail.accepted === null ? null : mail.accepted + COLLECTED_WITHIN),
    status: mail.status,
    status_code: mail.code ?? undefined,
    total_chunks: mail.total,
  };
};

type Find = (
  ctx: Ctx,
  mailbox: string,
  page: { limit: number; after?: string; since: number },
) => Promise<readonly Mail[]>;

/** One page of what is found, newest last, from `start_time` on; there is another where this one is full. */
const listing =
  (box: 'inbox' | 'outbox', find: Find): Handler =>
  async (call, ctx) => {
    const mailbox = mailboxOf(call);
    const { query } = call;
    const limit = Number(query.get('max_results') ?? RICH_MAX);
    const from = Date.parse(query.get('start_time') ?? '');
    const since = Number.isNaN(from) ? ctx.now() - KEPT_FOR : from;
    const after = query.get('continue_from');
    const found = await find(ctx, mailbox, { limit, since, ...(after === null ? {} : { after }) });
    const messages = [];
    for (const mail of found) if (mail.created >= since) messages.push(await richly(ctx, mail));
    const last = found.length < limit ? undefined : found.at(-1)?.message;
    const asked = { start_time: new Date(since).toISOString(), max_results: String(limit) };
    const body = {
      valid_at: iso(ctx.now()),
      messages,
      links: linksOf(`/messageexchange/${mailbox}/${box}/rich`, asked, last),
    };
    return { status: 200, headers: { 'content-type': 'application/vnd.mesh.v2+json' }, body };
  };

/** What waits, with what there is to know of each message, as the MESH user interface shows it (mesh-sandbox, rich inbox). */
export const richInbox = listing('inbox', (ctx, mailbox, { limit, after }) =>
  waitingIn(ctx, mailbox, { limit, after }),
);

/** The same of what this mailbox has sent, however it went (mesh-sandbox, rich outbox). */
export const richOutbox = listing('outbox', sentFrom);
