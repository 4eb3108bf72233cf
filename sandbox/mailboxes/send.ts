import type { Ctx } from '../pattern.ts';
import type { Tx } from '../sql/port.ts';
import { isRegistered, type Mailbox, route } from './directory.ts';
import { type About, findMail, type Mail } from './mail.ts';
import { COLLECTED_WITHIN, EXPIRY, KEPT_FOR, PURGE, wakeOwner } from './timers.ts';

export interface NewMail {
  readonly sender: string;
  readonly address: string;
  readonly workflow: string;
  readonly local?: string;
  readonly about: About;
  /** In so many pieces, of which this is the first. */
  readonly total: number;
  readonly body: Uint8Array;
}

const digits = (at: number): string => new Date(at).toISOString().replaceAll(/\D/g, '');

/** As the exchange names messages: when it came, and something that nobody can guess. */
const newId = (ctx: Ctx, seq: number): string =>
  `${digits(ctx.now())}${String(seq % 1000).padStart(3, '0')}_${ctx.uuid().slice(0, 6).toUpperCase()}`;

const insert = async (ctx: Ctx, tx: Tx, mail: Omit<Mail, 'seq' | 'message'>): Promise<Mail> => {
  const seq = await ctx.next(tx);
  const whole: Mail = { ...mail, seq, message: newId(ctx, seq) };
  await tx.query(
    `insert into mailbox_message (store, message, seq, sender, recipient, address, workflow, kind, status, local, about,
       total, size, created, accepted, settled, linked, code, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      ...[ctx.store, whole.message, seq, mail.sender, mail.recipient, mail.address, mail.workflow, mail.kind],
      ...[mail.status, mail.local, JSON.stringify(mail.about), mail.total, mail.size, mail.created, mail.accepted],
      ...[mail.settled, mail.linked, mail.code, mail.reason],
    ],
  );
  const data = { message: whole.message };
  await ctx.schedule(tx, { name: PURGE, due: ctx.now() + KEPT_FOR, data });
  return whole;
};

/** It lies in an inbox from now on: until it is collected, or for five days. */
const putIn = async (ctx: Ctx, tx: Tx, mail: Mail, mailbox: Mailbox): Promise<void> => {
  await ctx.schedule(tx, { name: EXPIRY, due: ctx.now() + COLLECTED_WITHIN, data: { message: mail.message } });
  await wakeOwner(ctx, tx, mailbox);
};

/** Tells a sender what became of its message: a report, without a body, in its own inbox. */
export const report = async (ctx: Ctx, tx: Tx, mail: Mail, code: string, reason: string): Promise<void> => {
  if (mail.sender === null) return;
  const owner = await route(ctx, tx, mail.sender);
  if (!('mailbox' in owner)) return;
  const { address, workflow, local, about } = mail;
  const sent = await insert(ctx, tx, {
    sender: null,
    recipient: owner.mailbox,
    address,
    workflow,
    kind: 'REPORT',
    status: 'accepted',
    local,
    about: about.subject === undefined ? {} : { subject: about.subject },
    total: 0,
    size: 0,
    created: ctx.now(),
    accepted: ctx.now(),
    settled: null,
    linked: mail.message,
    code,
    reason,
  });
  await putIn(ctx, tx, sent, owner);
};

/** All of it is here: it goes into the inbox that the address leads to, or back as a report that it leads nowhere. */
const deliver = async (ctx: Ctx, tx: Tx, mail: Mail): Promise<void> => {
  const found = await route(ctx, tx, mail.address);
  const registered =
    'mailbox' in found && (await isRegistered(tx, ctx.store, mail.workflow, found.mailbox, 'receives'));
  if (!('mailbox' in found) || !registered) {
    const { code, reason } =
      'mailbox' in found ? { code: '17', reason: 'Workflow ID not registered for mailbox' } : found;
    await tx.query(
      `update mailbox_message set status = 'undeliverable', accepted = $3, settled = $3, code = $4, reason = $5
       where store = $1 and message = $2`,
      [ctx.store, mail.message, ctx.now(), code, reason],
    );
    return report(ctx, tx, mail, code, reason);
  }
  await tx.query(
    `update mailbox_message set status = 'accepted', accepted = $3, recipient = $4 where store = $1 and message = $2`,
    [ctx.store, mail.message, ctx.now(), found.mailbox],
  );
  return putIn(ctx, tx, mail, found);
};

const keepChunk = async (ctx: Ctx, tx: Tx, message: string, chunk: number, body: Uint8Array): Promise<void> => {
  const { reference, size } = await ctx.blobs.put(tx, body);
  await tx.query(
    `insert into mailbox_chunk (store, message, chunk, reference, size) values ($1, $2, $3, $4, $5)
     on conflict (store, message, chunk) do update set reference = excluded.reference, size = excluded.size`,
    [ctx.store, message, chunk, reference, size],
  );
};

/** Takes a message over for delivery, or its first chunk; gives its id. */
export const acceptMail = async (ctx: Ctx, tx: Tx, mail: NewMail): Promise<string> => {
  const { sender, address, workflow, local = null, about, total, body } = mail;
  const kept = await insert(ctx, tx, {
    ...{ sender, recipient: null, address, workflow, kind: 'DATA', status: 'uploading', local, about, total },
    ...{ size: body.length, created: ctx.now(), accepted: null, settled: null, linked: null, code: null, reason: null },
  });
  await keepChunk(ctx, tx, kept.message, 1, body);
  if (total === 1) await deliver(ctx, tx, kept);
  return kept.message;
};

/** Another chunk, in any order. Once the last that lacked is there, the message is complete, and may be delivered. */
export const acceptChunk = async (
  ctx: Ctx,
  tx: Tx,
  mail: Mail,
  chunk: number,
  body: Uint8Array,
): Promise<'stored' | 'complete' | 'closed'> => {
  const current = await findMail(ctx, tx, mail.message);
  if (current?.status !== 'uploading') return 'closed';
  await keepChunk(ctx, tx, mail.message, chunk, body);
  const [sum] = await tx.query<{ pieces: number; bytes: number }>(
    'select count(*) as pieces, sum(size) as bytes from mailbox_chunk where store = $1 and message = $2',
    [ctx.store, mail.message],
  );
  const { pieces = 0, bytes = 0 } = sum ?? {};
  await tx.query('update mailbox_message set size = $3 where store = $1 and message = $2', [
    ctx.store,
    mail.message,
    bytes,
  ]);
  return pieces < mail.total ? 'stored' : 'complete';
};

/** Delivers a message that is complete; that somebody else has done so meanwhile changes nothing. */
export const deliverComplete = async (ctx: Ctx, tx: Tx, message: string): Promise<void> => {
  const current = await findMail(ctx, tx, message);
  if (current?.status === 'uploading') await deliver(ctx, tx, current);
};

/** Takes a chunk back, so that another can be sent in its place. */
export const dropChunk = async (ctx: Ctx, tx: Tx, message: string, chunk: number): Promise<void> => {
  await tx.query('delete from mailbox_chunk where store = $1 and message = $2 and chunk = $3', [
    ctx.store,
    message,
    chunk,
  ]);
};
