import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { jsonFormat } from '../../sandbox/fhir/format.ts';
import { asksFor, infrastructureAck, isInfrastructureAck, readAcknowledgement } from '../../sandbox/fhir/itk.ts';
import { type FhirMessage, readMessage } from '../../sandbox/fhir/message.ts';
import { isResource } from '../../sandbox/fhir/stored.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import { type Collected, poll } from '../../sandbox/mailboxes/client.ts';
import { pollsMailbox } from '../../sandbox/mailboxes/polling.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { isRequest } from './events.ts';
import { boxOf } from './mesh-mailboxes.ts';
import { noteReceipt } from './mesh-receipts.ts';
import { setAside } from './open-requests.ts';
import { markProcessed } from './processed.ts';
import { destinationOf, sourceOf } from './respond.ts';
import { keepRules } from './rules.ts';
import { takeReferral } from './take-request.ts';
import { takeResponse } from './take-response.ts';

/** The parts of a call that taking a message looks at: over mail there are no ids beside those in the message. */
const BY_MAIL = { headers: {} };

const wordsOf = (error: ProblemError): string => error.faults.map(({ detail }) => detail).join('; ');

/** Put on its way in the transaction of what it acknowledges, and before anything is decided (RRA-01). */
const acknowledge = async (ctx: Ctx, tx: Tx, message: string, fault?: string): Promise<void> => {
  const body = infrastructureAck(ctx, {
    ...{ message, base: fhirBaseOf(ctx, ctx.participant.name) ?? '' },
    ...{ source: sourceOf(ctx), destination: destinationOf(ctx, 'requester') },
    ...(fault === undefined ? {} : { fault }),
  });
  // In an order of its own: it is not to wait for answers about other referrals.
  await ctx.enqueue(tx, { consumer: 'respond', key: message, contentType: 'application/fhir+json', body });
};

const messageIn = (ctx: Ctx, { body }: Collected): FhirMessage => readMessage(ctx, jsonFormat.parse(Buffer.from(body)));

/** What may be wrong elsewhere still says whom to tell so, as long as it begins with a header. */
const headerIn = (body: string) => {
  try {
    const bundle: { entry?: readonly { resource?: unknown }[] } = JSON.parse(body);
    const header = bundle.entry?.[0]?.resource;
    return isResource(header) && header.resourceType === 'MessageHeader' ? header : undefined;
  } catch {
    return undefined;
  }
};

/** Not processed; the sender is told where it asked for that, and it is set aside in any case (RRA-13). */
const refuse = (ctx: Ctx, { body }: Collected, why: string): Promise<void> =>
  ctx.transaction(async (tx) => {
    const header = headerIn(body);
    await setAside(ctx, tx, why, body);
    if (header?.id !== undefined && asksFor(header, 'InfAckRequested')) await acknowledge(ctx, tx, header.id, why);
  });

/** A referral from the mailbox: kept, acknowledged, and on the worklist, in one transaction. */
const takeRequest = async (ctx: Ctx, mail: Collected): Promise<void> => {
  const writing = forWriting(ctx, [fhirBaseOf(ctx, ctx.participant.name) ?? ''], keepRules);
  try {
    if (mail.kind === 'REPORT') return await reported(ctx, mail);
    const message = messageIn(ctx, mail);
    if (!isRequest(message.event) || message.event === 'booking-request')
      return await refuse(ctx, mail, `The event ${message.event.slice(0, 80)} is not taken by mail`);
    await ctx.transaction(async (tx) => {
      await markProcessed(ctx, tx, message, BY_MAIL);
      await takeReferral(writing, tx, message, BY_MAIL);
      if (asksFor(message.header, 'InfAckRequested')) await acknowledge(ctx, tx, message.headerId);
    });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status >= 500) throw error;
    // It came twice: what it brought about is on its way already (RRA-07).
    if (error.problem.condition === 'duplicate-message') return;
    await refuse(ctx, mail, wordsOf(error));
  }
};

const reported = (ctx: Ctx, { headers }: Collected): Promise<void> =>
  ctx.transaction((tx) =>
    noteReceipt(ctx, tx, headers['mex-localid'] ?? '', {
      state: 'failed',
      reason: `Not delivered: ${headers['mex-statuscode'] ?? ''} ${headers['mex-statusdescription'] ?? ''}`.trim(),
    }),
  );

/** What lies in the requester's mailbox: reports, acknowledgements, and business responses. */
const takeReply = async (ctx: Ctx, mail: Collected): Promise<void> => {
  if (mail.kind === 'REPORT') return reported(ctx, mail);
  try {
    const message = messageIn(ctx, mail);
    if (!isInfrastructureAck(message.event)) {
      await ctx.transaction((tx) => takeResponse(ctx, tx, message, BY_MAIL));
      return;
    }
    const said = readAcknowledgement(message.bundle);
    const state = said?.positive === true ? 'acknowledged' : 'failed';
    await ctx.transaction((tx) => noteReceipt(ctx, tx, said?.message ?? '', { state, reason: said?.reason ?? '' }));
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status >= 500) throw error;
    if (error.problem.condition !== 'duplicate-message')
      await ctx.transaction((tx) => setAside(ctx, tx, wordsOf(error), mail.body));
  }
};

const look = (ctx: Ctx) =>
  poll(ctx, boxOf(ctx), (mail) =>
    ctx.participant.name === 'provider' ? takeRequest(ctx, mail) : takeReply(ctx, mail),
  );

/** Something lies in a mailbox. */
export const looksIntoMailbox = pollsMailbox(look);

/** What both can be told to do where MESH is spoken. */
export const mailActs: Readonly<Record<string, Act>> = {
  'collect-mail': {
    title: 'Look into the own mailbox',
    summary:
      'Downloads, keeps, and only then acknowledges. It is done without being told, too, five minutes after something came',
    dialects: ['mesh'],
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: (_input, ctx) => look(ctx),
  },
};
