import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { acknowledgeMail, readChunk } from '../mailboxes/collect.ts';
import { countInbox, findMail, INBOX_MAX, listInbox, type Mail } from '../mailboxes/mail.ts';
import type { Call, Ctx, Handler, Reply } from '../pattern.ts';
import { FORBIDDEN, GONE, NOT_FOUND, problem } from '../problem.ts';
import { answer, linksOf, mailboxOf, messageOf } from './mesh-versions.ts';

const unpack = promisify(gunzip);
const EMPTY = Buffer.alloc(0);

export const timestamp = (at: number): string => new Date(at).toISOString().replaceAll(/\D/g, '').slice(0, 14);

/** At most 500 unless told, oldest first; where it is exactly so many, there may be more. */
export const checkInbox: Handler = async (call, ctx) => {
  const mailbox = mailboxOf(call);
  const { query } = call;
  const limit = Math.max(1, Number(query.get('max_results') ?? INBOX_MAX));
  const after = query.get('continue_from') ?? undefined;
  const filter = query.get('workflow_filter') ?? undefined;
  const messages = await listInbox(ctx, mailbox, { limit, after, ...(filter === undefined ? {} : { filter }) });
  const last = messages.length < limit ? undefined : messages.at(-1);
  const asked = { ...(filter === undefined ? {} : { workflow_filter: filter }) };
  const links = linksOf(`/messageexchange/${mailbox}/inbox`, { max_results: String(limit), ...asked }, last);
  return answer(call, 200, {
    1: { messages },
    2: { messages, links, approx_inbox_count: await countInbox(ctx, mailbox) },
  });
};

export const countMessages: Handler = async (call, ctx) => {
  const count = await countInbox(ctx, mailboxOf(call));
  return answer(call, 200, {
    1: { count, internalID: ctx.uuid(), allResultsIncluded: true },
    2: { count, internal_id: ctx.uuid(), all_results_included: true },
  });
};

const own = async (call: Call, ctx: Ctx): Promise<Mail> => {
  const mail = await findMail(ctx, ctx.sql, messageOf(call));
  if (mail === undefined) throw problem(NOT_FOUND, 'There is no message of this id');
  if (mail.recipient !== mailboxOf(call)) throw problem(FORBIDDEN, 'The message is for another mailbox');
  return mail;
};

const statusHeaders = (mail: Mail): Record<string, string | null> =>
  mail.kind === 'REPORT'
    ? {
        'mex-statuscode': mail.code,
        'mex-statusevent': 'SEND',
        'mex-statusdescription': mail.reason,
        'mex-statussuccess': 'ERROR',
        'mex-linkedmsgid': mail.linked,
      }
    : {
        'mex-statuscode': '00',
        'mex-statusevent': 'TRANSFER',
        'mex-statusdescription': 'Transferred to recipient mailbox',
        'mex-statussuccess': 'SUCCESS',
      };

const headersOf = (mail: Mail, chunk: number): Record<string, string> => {
  const { about, kind } = mail;
  const headers: Record<string, string | null | undefined> = {
    'content-type': 'application/octet-stream',
    'mex-messageid': mail.message,
    'mex-messagetype': kind,
    'mex-from': mail.sender,
    'mex-to': mail.kind === 'REPORT' ? mail.address : mail.recipient,
    'mex-workflowid': mail.workflow,
    'mex-localid': mail.local,
    'mex-subject': about.subject,
    'mex-partnerid': about.partnerId,
    'mex-version': '1.0',
    'mex-addresstype': 'ALL',
    'mex-statustimestamp': timestamp(mail.accepted ?? mail.created),
    ...statusHeaders(mail),
    ...(kind === 'REPORT'
      ? {}
      : {
          'content-type': about.contentType ?? 'application/octet-stream',
          'content-encoding': about.contentEncoding,
          'mex-chunk-range': `${chunk}:${mail.total}`,
          'mex-filename': about.fileName ?? `${mail.message}.dat`,
          'mex-content-checksum': about.checksum,
          'mex-content-encrypted': about.encrypted,
          'mex-content-compressed': about.compressed ?? (about.contentEncoding === 'gzip' ? 'Y' : undefined),
        }),
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value == null || value === '' ? [] : [[name, value]])),
  );
};

/** For who does not take gzip it is unpacked; otherwise the bytes are those that were sent. */
const unpacked = async (call: Call, mail: Mail, headers: Record<string, string>, body: Buffer): Promise<Reply> => {
  if (headers['content-encoding'] !== 'gzip' || /\bgzip\b/i.test(call.headers['accept-encoding'] ?? ''))
    return { status: 200, headers, body };
  const { 'content-encoding': _, 'mex-content-compressed': __, ...rest } = headers;
  // Only the packing of the transport is taken off: what the sender said of its content stays.
  const { compressed } = mail.about;
  const plain = compressed === undefined ? rest : { ...rest, 'mex-content-compressed': compressed };
  return unpack(body).then(
    (text) => ({ status: 200, headers: plain, body: text }),
    // Packed and then cut, no chunk can be unpacked by itself; or it was not gzip after all. It goes on as it came, and says so.
    () => ({ status: 200, headers, body }),
  );
};

const deliverChunk = async (call: Call, ctx: Ctx, chunk: number): Promise<Reply> => {
  const mail = await own(call, ctx);
  if (mail.status !== 'accepted')
    throw problem(GONE, `The message is ${mail.status}; it can be downloaded until it is acknowledged, for five days`);
  if (mail.kind === 'REPORT') return { status: 200, headers: headersOf(mail, 1), body: EMPTY };
  const body = await readChunk(ctx, ctx.sql, mail, chunk);
  if (body === undefined) throw problem(NOT_FOUND, `There is no chunk ${chunk} of ${mail.total}`);
  const reply = await unpacked(call, mail, headersOf(mail, chunk), body);
  // 206 until the last.
  return chunk < mail.total ? { ...reply, status: 206 } : reply;
};

export const downloadMessage: Handler = (call, ctx) => deliverChunk(call, ctx, 1);
export const downloadChunk: Handler = (call, ctx) => deliverChunk(call, ctx, Number(call.params.chunk_no));

/** The recipient has it safely. Doing so again changes nothing. */
export const acknowledgeMessage: Handler = async (call, ctx) => {
  const { message } = await own(call, ctx);
  await ctx.transaction((tx) => acknowledgeMail(ctx, tx, message));
  return answer(call, 200, { 1: { messageId: message }, 2: undefined });
};
