import { findMailbox, isRegistered, personIn } from '../mailboxes/directory.ts';
import { realNumbersInJoined } from '../mailboxes/joined.ts';
import { type About, findMail, type Mail } from '../mailboxes/mail.ts';
import { acceptChunk, acceptMail, deliverComplete, dropChunk } from '../mailboxes/send.ts';
import type { Call, Ctx, Handler } from '../pattern.ts';
import { FORBIDDEN, MISSING_HEADER, NOT_FOUND, problem, REAL_NHS_NUMBER, UNSUPPORTED_MEDIA_TYPE } from '../problem.ts';
import {
  INVALID_CHECKSUM,
  INVALID_CHUNKS,
  INVALID_FROM,
  INVALID_TYPE,
  MISSING_DATA,
  MISSING_TO,
  NOT_REGISTERED,
  UNREGISTERED,
  UPLOAD_CLOSED,
} from './mesh-problems.ts';
import { answer, mailboxOf, messageOf } from './mesh-versions.ts';

const RANGE = 'Mex-Chunk-Range';

/** `1:3`, the first of three; what has no range is the whole. */
const rangeOf = ({ headers }: Call): { readonly chunk: number; readonly total: number } => {
  const text = headers['mex-chunk-range']?.trim();
  if (text === undefined || text === '') return { chunk: 1, total: 1 };
  const [, chunk, total] = /^(\d{1,4})\s*:\s*(\d{1,4})$/.exec(text) ?? [];
  const range = { chunk: Number(chunk ?? 0), total: Number(total ?? 0) };
  if (range.chunk < 1 || range.chunk > range.total)
    throw problem(INVALID_CHUNKS, `${RANGE} is n:N, the n-th of N chunks, not ${JSON.stringify(text.slice(0, 40))}`, {
      at: RANGE,
    });
  return range;
};

/** What was used to pack it; the exchange hands it on as it came. */
const encodingOf = ({ headers }: Call): string | undefined => {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'gzip') return encoding || undefined;
  throw problem(UNSUPPORTED_MEDIA_TYPE, 'The only Content-Encoding is gzip', { at: 'Content-Encoding' });
};

const requireBody = ({ body }: Call): void => {
  if (body.length === 0) throw problem(MISSING_DATA, 'The body is empty');
};

/** Letters, digits, spaces and `: - /`: an algorithm may stand before it. The recipient verifies it. */
const checksumOf = ({ headers }: Call): string | undefined => {
  const checksum = headers['mex-content-checksum']?.trim();
  if (checksum === undefined || checksum === '' || /^[\w\s:/-]{1,100}$/.test(checksum)) return checksum || undefined;
  throw problem(INVALID_CHECKSUM, 'Mex-Content-Checksum holds characters that no checksum has', {
    at: 'Mex-Content-Checksum',
  });
};

const aboutOf = (call: Call): About => {
  const { headers } = call;
  const found: Record<keyof About, string | undefined> = {
    subject: headers['mex-subject'],
    fileName: headers['mex-filename'],
    partnerId: headers['mex-partnerid'],
    checksum: checksumOf(call),
    contentType: headers['mex-content-type'] ?? headers['content-type'],
    contentEncoding: encodingOf(call),
    encrypted: headers['mex-content-encrypted'],
    compressed: headers['mex-content-compressed'],
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== ''));
};

/** Who it is for and what it is, as far as that can be refused at once. */
const addressOf = (call: Call): { readonly address: string; readonly workflow: string } => {
  const { headers } = call;
  const sender = mailboxOf(call);
  const from = headers['mex-from']?.trim().toUpperCase() ?? sender;
  if (from !== sender)
    throw problem(INVALID_FROM, `Mex-From is ${from.slice(0, 40)}, the token is for ${sender}`, { at: 'Mex-From' });
  const address = headers['mex-to']?.trim().toUpperCase() ?? '';
  if (address === '') throw problem(MISSING_TO, 'Mex-To names the mailbox that it is for', { at: 'Mex-To' });
  const workflow = headers['mex-workflowid']?.trim() ?? '';
  if (workflow === '')
    throw problem(MISSING_HEADER, 'Mex-WorkflowID says what kind of message it is', { at: 'Mex-WorkflowID' });
  if ((headers['mex-messagetype']?.trim().toUpperCase() ?? 'DATA') !== 'DATA')
    throw problem(INVALID_TYPE, 'Mex-MessageType is DATA; reports come from the exchange', { at: 'Mex-MessageType' });
  return { address, workflow };
};

/**
 * Who has no mailbox, and what its mailbox may not receive, is refused at once (mesh-api.yaml, send message, 417). Where a
 * person's details lead is looked up after the acceptance, so that comes as a report.
 */
const requireRecipient = async (ctx: Ctx, address: string, workflow: string): Promise<void> => {
  if (personIn(address) !== undefined) return;
  if ((await findMailbox(ctx.sql, ctx.store, address)) === undefined)
    throw problem(UNREGISTERED, `Nobody has the mailbox ${address.slice(0, 40)} here`, { at: 'Mex-To' });
  if (!(await isRegistered(ctx.sql, ctx.store, workflow, address, 'receives')))
    throw problem(NOT_REGISTERED, `${address.slice(0, 40)} does not receive ${workflow.slice(0, 100)}`, {
      at: 'Mex-WorkflowID',
    });
};

/** 202: taken over for delivery, which is not delivered. Whose practice nobody knows, that comes later, as a report. */
export const sendMessage: Handler = async (call, ctx) => {
  const sender = mailboxOf(call);
  const { address, workflow } = addressOf(call);
  const { chunk, total } = rangeOf(call);
  if (chunk !== 1) throw problem(INVALID_CHUNKS, 'The first request carries the first chunk, 1:N', { at: RANGE });
  const about = aboutOf(call);
  requireBody(call);
  if (!(await isRegistered(ctx.sql, ctx.store, workflow, sender, 'sends')))
    throw problem(NOT_REGISTERED, `${sender} may not send ${workflow.slice(0, 100)}`, { at: 'Mex-WorkflowID' });
  await requireRecipient(ctx, address, workflow);
  const local = call.headers['mex-localid'];
  const mail = { sender, address, workflow, about, total, body: call.body, ...(local === undefined ? {} : { local }) };
  const message = await ctx.transaction((tx) => acceptMail(ctx, tx, mail));
  return answer(call, 202, { 1: { messageID: message }, 2: { message_id: message } });
};

/** All of a message is here; cut in two as it may have been, it is looked at once more before it is delivered. */
const complete = async (ctx: Ctx, { message }: Mail, chunk: number): Promise<void> => {
  const mail = await findMail(ctx, ctx.sql, message);
  const faults = mail === undefined ? [] : await realNumbersInJoined(ctx, mail);
  if (faults.length === 0) return ctx.transaction((tx) => deliverComplete(ctx, tx, message));
  await ctx.transaction((tx) => dropChunk(ctx, tx, message, chunk));
  throw problem(REAL_NHS_NUMBER, faults);
};

/** One more chunk. It is delivered once all are there. */
export const sendChunk: Handler = async (call, ctx) => {
  const mail = await findMail(ctx, ctx.sql, messageOf(call));
  if (mail === undefined) throw problem(NOT_FOUND, 'There is no message of this id');
  if (mail.sender !== mailboxOf(call)) throw problem(FORBIDDEN, 'The message was begun by another mailbox');
  if (call.headers['mex-chunk-range'] === undefined)
    throw problem(INVALID_CHUNKS, `${RANGE} is missing`, { at: RANGE });
  const { chunk, total } = rangeOf(call);
  if (chunk !== Number(call.params.chunk_no) || total !== mail.total)
    throw problem(INVALID_CHUNKS, `${chunk}:${total} is not chunk ${call.params.chunk_no} of ${mail.total}`, {
      at: RANGE,
    });
  if (encodingOf(call) !== mail.about.contentEncoding)
    throw problem(INVALID_CHUNKS, 'All chunks have the Content-Encoding of the first', { at: 'Content-Encoding' });
  requireBody(call);
  const came = await ctx.transaction((tx) => acceptChunk(ctx, tx, mail, chunk, call.body));
  if (came === 'closed') throw problem(UPLOAD_CLOSED, 'All of the message is here already');
  if (came === 'complete') await complete(ctx, mail, chunk);
  return answer(call, 202, { 1: { messageID: mail.message, blockID: chunk }, 2: undefined });
};
