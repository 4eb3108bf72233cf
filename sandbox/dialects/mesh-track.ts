import { findMailbox, findReceivers, lookUp, type Mailbox } from '../mailboxes/directory.ts';
import { findByLocalId, findMail, type Mail } from '../mailboxes/mail.ts';
import { COLLECTED_WITHIN } from '../mailboxes/timers.ts';
import type { Call, Ctx, Handler, Reply } from '../pattern.ts';
import { NOT_FOUND, problem } from '../problem.ts';
import { timestamp } from './mesh-collect.ts';
import { SEVERAL_MATCH } from './mesh-problems.ts';
import { answer, mailboxOf } from './mesh-versions.ts';

const iso = (at: number | null): string | undefined => (at === null ? undefined : new Date(at).toISOString());
const stamp = (at: number | null): string | undefined => (at === null ? undefined : timestamp(at));
const title = (status: string): string => status.charAt(0).toUpperCase() + status.slice(1);

interface Parties {
  readonly sender: Mailbox | undefined;
  readonly recipient: Mailbox | undefined;
}

const firstForm = (mail: Mail, { sender, recipient }: Parties): object => ({
  messageId: mail.message,
  dtsId: mail.message,
  localId: mail.local,
  status: title(mail.status),
  messageType: title(mail.kind.toLowerCase()),
  workflowId: mail.workflow,
  subject: mail.about.subject,
  sender: mail.sender,
  senderName: sender?.name,
  senderOdsCode: sender?.ods,
  recipient: mail.recipient ?? mail.address,
  recipientName: recipient?.name,
  meshRecipientOdsCode: recipient?.ods,
  addressType: 'ALL',
  chunkCount: mail.total,
  fileName: mail.about.fileName ?? `${mail.message}.dat`,
  fileSize: mail.size,
  contentEncoding: mail.about.contentEncoding,
  checksum: mail.about.checksum,
  uploadTimestamp: timestamp(mail.created),
  expiryTime: stamp(mail.accepted === null ? null : mail.accepted + COLLECTED_WITHIN),
  downloadTimestamp: mail.status === 'acknowledged' ? stamp(mail.settled) : undefined,
  statusSuccess: mail.code === null ? 'SUCCESS' : 'ERROR',
  statusCode: mail.code ?? undefined,
  failureDate: mail.code === null ? undefined : stamp(mail.settled),
  failureDiagnostic: mail.reason ?? undefined,
  version: '1.0',
});

const secondForm = (mail: Mail, { recipient }: Parties): object => ({
  message_id: mail.message,
  local_id: mail.local,
  workflow_id: mail.workflow,
  filename: mail.about.fileName ?? `${mail.message}.dat`,
  status: mail.status,
  status_success: mail.code === null,
  status_code: mail.code ?? undefined,
  status_description: mail.reason ?? undefined,
  status_timestamp: iso(mail.settled ?? mail.accepted),
  upload_timestamp: iso(mail.created),
  expiry_time: iso(mail.accepted === null ? null : mail.accepted + COLLECTED_WITHIN),
  recipient: mail.recipient ?? mail.address,
  recipient_name: recipient?.name,
  recipient_ods_code: recipient?.ods,
});

const tracked = async (call: Call, ctx: Ctx, mail: Mail | undefined): Promise<Reply> => {
  // Not 403: whoever did not send it does not hear that it exists.
  if (mail === undefined || mail.sender !== mailboxOf(call))
    throw problem(NOT_FOUND, 'This mailbox sent no such message');
  const of = async (mailbox: string | null) =>
    mailbox === null ? undefined : findMailbox(ctx.sql, ctx.store, mailbox);
  const parties = { sender: await of(mail.sender), recipient: await of(mail.recipient) };
  return answer(call, 200, { 1: firstForm(mail, parties), 2: secondForm(mail, parties) });
};

export const trackMessage: Handler = async (call, ctx) =>
  tracked(call, ctx, await findMail(ctx, ctx.sql, (call.query.get('messageID') ?? '').toUpperCase()));

export const trackByLocalId: Handler = async (call, ctx) => {
  const found = await findByLocalId(ctx, ctx.sql, mailboxOf(call), call.params.local_id ?? '');
  if (found.length > 1) throw problem(SEVERAL_MATCH, 'Ask by message id');
  return tracked(call, ctx, found[0]);
};

/** Which mailboxes of an organisation take a workflow. */
export const lookUpAddress: Handler = async (call, ctx) => {
  const { ods_code = '', workflow_id = '' } = call.params;
  const found = await lookUp(ctx.sql, ctx.store, ods_code.toUpperCase(), workflow_id);
  return answer(call, 200, {
    1: {
      query_id: ctx.uuid(),
      results: found.map(({ mailbox, name }) => ({ endpoint_type: 'MESH', description: name, address: mailbox })),
    },
    2: { results: found.map(({ mailbox, name, ods }) => ({ mailbox_id: mailbox, mailbox_name: name, ods_code: ods })) },
  });
};

/** Which mailboxes take a workflow, whose ever they are; only in the second form, as the public sandbox has it. */
export const searchByWorkflow: Handler = async (call, ctx) => {
  const found = await findReceivers(ctx.sql, ctx.store, call.params.workflow_id ?? '');
  const results = found.map(({ mailbox, name, ods }) => ({ mailbox_id: mailbox, mailbox_name: name, ods_code: ods }));
  return answer(call, 200, { 1: { results }, 2: { results } });
};

/** Whose a mailbox is. */
export const readMailbox: Handler = async (call, ctx) => {
  const found = await findMailbox(ctx.sql, ctx.store, (call.params.which_mailbox ?? '').toUpperCase());
  if (found === undefined) throw problem(NOT_FOUND, 'Nobody has this mailbox here');
  const { mailbox, name, ods } = found;
  const details = {
    mailbox_id: mailbox,
    mailbox_name: name,
    ods_code: ods,
    org_code: ods,
    org_name: name,
    active: true,
  };
  return answer(call, 200, { 1: details, 2: details });
};

/** The mailbox is in use. What is wrong with the token was refused before. */
export const shakeHands: Handler = async (call) => {
  const mailbox = mailboxOf(call);
  return answer(call, 200, { 1: { mailboxId: mailbox }, 2: { mailbox_id: mailbox } });
};
