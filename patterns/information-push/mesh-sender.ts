import { parsedJson } from '../../sandbox/act-values.ts';
import { readAcknowledgement } from '../../sandbox/fhir/itk.ts';
import { type Collected, sendMail } from '../../sandbox/mailboxes/client.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { boxOf } from './mesh-exchange.ts';
import { findKnown, noteMail } from './mesh-mail.ts';
import { isAck } from './mesh-mailboxes.ts';
import { NO_BUSINESS } from './mesh-problems.ts';
import { fhirNotice, type Notice } from './notification.ts';
import { keepSent, noteReport, noteSent } from './sent.ts';

/** A report: the message that it names is matched, and waits for a person from now on (PSH-06, PSH-07). */
const takeReport = (ctx: Ctx, { mail, workflow, headers }: Collected): Promise<void> =>
  ctx.transaction(async (tx) => {
    const reason = `${headers['mex-statuscode'] ?? ''} ${headers['mex-statusdescription'] ?? ''}`.trim();
    const linked = await findKnown(ctx, tx, headers['mex-linkedmsgid'] ?? '');
    const known = { mail, message: linked?.message ?? null, workflow, reason };
    const state = linked === undefined ? 'set-aside' : 'taken';
    if (!(await noteMail(ctx, tx, { ...known, state }))) return;
    if (linked?.message != null) await noteReport(ctx, tx, linked.message, 'not-delivered', reason);
  });

const takeAcknowledgement = (ctx: Ctx, { mail, workflow, body }: Collected): Promise<void> =>
  ctx.transaction(async (tx) => {
    const said = isAck(workflow) ? readAcknowledgement(parsedJson(body)) : undefined;
    const message = said?.message ?? null;
    const state = said === undefined ? 'set-aside' : 'taken';
    const reason = said?.reason ?? `It is no acknowledgement: ${workflow.slice(0, 100)}`;
    if (!(await noteMail(ctx, tx, { mail, message, workflow, state, reason })) || said === undefined) return;
    await noteReport(ctx, tx, said.message, said.positive ? 'acknowledged' : 'refused', said.reason);
  });

/** What lies in the sender's mailbox: reports, and acknowledgements that it asked for. */
export const takeReply = (ctx: Ctx, mail: Collected): Promise<void> =>
  mail.kind === 'REPORT' ? takeReport(ctx, mail) : takeAcknowledgement(ctx, mail);

export interface Mailing {
  readonly notice: Notice;
  readonly to: string;
  readonly workflow: string;
  readonly chunks: number;
  /** Without what its header refers to, so that no recipient can process it. */
  readonly broken: boolean;
}

const withoutContent = (body: string): string => {
  const bundle: { entry: unknown[] } = JSON.parse(body);
  return JSON.stringify({ ...bundle, entry: bundle.entry.slice(0, 1) });
};

/** Sends a notification to a mailbox, and keeps the id by which a report will name it. */
export const mail = async (ctx: Ctx, { notice, to, workflow, chunks, broken }: Mailing): Promise<object> => {
  const { id, body: whole } = fhirNotice(ctx, notice);
  const body = broken ? withoutContent(whole) : whole;
  await ctx.transaction((tx) => keepSent(ctx, tx, id, 'mesh', to));
  const { reply, mail: known } = await sendMail(ctx, boxOf(ctx), {
    to,
    workflow,
    local: id,
    subject: notice.event,
    body,
    chunks,
  });
  const { status, exchange } = reply;
  const state = known !== undefined ? 'accepted' : status >= 500 || status === 429 ? 'unknown' : 'refused';
  await ctx.transaction(async (tx) => {
    await noteSent(ctx, tx, id, state, known === undefined ? reply.body.slice(0, 200) : undefined);
    if (known !== undefined)
      await noteMail(ctx, tx, { mail: known, message: id, workflow, state: 'sent', reason: null });
  });
  const says = notice.asked.includes('BusAckRequested') ? { says: NO_BUSINESS } : {};
  return { message: id, state, status, exchange, ...(known === undefined ? {} : { mail: known }), ...says };
};
