import { member, parsedJson } from '../../sandbox/act-values.ts';
import { jsonFormat } from '../../sandbox/fhir/format.ts';
import { asksFor } from '../../sandbox/fhir/itk.ts';
import { type FhirMessage, readMessage } from '../../sandbox/fhir/message.ts';
import { type FhirResource, isResource } from '../../sandbox/fhir/stored.ts';
import type { Collected } from '../../sandbox/mailboxes/client.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { isEvent } from './events.ts';
import { acknowledge } from './mesh-acknowledgement.ts';
import { noteMail } from './mesh-mail.ts';
import { isAgreed } from './mesh-mailboxes.ts';
import { NO_BUSINESS } from './mesh-problems.ts';
import { keepOnce, whomOf } from './take-in.ts';

/** Kept where a person finds it, and never discarded in silence (PSH-13). */
const setAside = (ctx: Ctx, { mail, workflow }: Collected, reason: string): Promise<unknown> =>
  ctx.transaction((tx) => noteMail(ctx, tx, { mail, message: null, workflow, state: 'set-aside', reason }));

/** The header of a message that may be wrong elsewhere: enough to know who is told so. */
const headerIn = (body: string): FhirResource | undefined => {
  const entries = member(parsedJson(body), 'entry');
  const header = Array.isArray(entries) ? member(entries[0], 'resource') : undefined;
  return isResource(header) && header.resourceType === 'MessageHeader' ? header : undefined;
};

/** Not processed; a negative acknowledgement says why, where one was asked for (PSH-10). */
const refuse = async (ctx: Ctx, { mail, workflow, body }: Collected, reason: string): Promise<void> => {
  const header = headerIn(body);
  const message = header?.id ?? null;
  await ctx.transaction(async (tx) => {
    if (!(await noteMail(ctx, tx, { mail, message, workflow, state: 'refused', reason }))) return;
    if (header !== undefined && message !== null && asksFor(header, 'InfAckRequested'))
      await acknowledge(ctx, tx, { message, workflow, about: '', fault: reason });
  });
};

const keep = (ctx: Ctx, { mail, workflow }: Collected, message: FhirMessage): Promise<void> =>
  ctx.transaction(async (tx) => {
    const { headerId } = message;
    const reason = asksFor(message.header, 'BusAckRequested') ? NO_BUSINESS : null;
    await noteMail(ctx, tx, { mail, message: headerId, workflow, state: 'taken', reason });
    if (!(await keepOnce(ctx, tx, message, 'mesh'))) return;
    if (asksFor(message.header, 'InfAckRequested'))
      await acknowledge(ctx, tx, { message: headerId, workflow, about: whomOf(message) });
  });

/** A message from the recipient's mailbox: stored, and what it brings about put on its way, in one transaction. */
export const takeMail = async (ctx: Ctx, mail: Collected): Promise<void> => {
  const { kind, workflow, body } = mail;
  if (kind === 'REPORT') {
    await setAside(ctx, mail, `${mail.headers['mex-statuscode']} ${mail.headers['mex-statusdescription']}`);
    return;
  }
  if (!isAgreed(workflow)) {
    await setAside(ctx, mail, `Nobody here has agreed on the workflow ${workflow.slice(0, 100)}`);
    return;
  }
  try {
    const message = readMessage(ctx, jsonFormat.parse(Buffer.from(body)));
    if (!isEvent(message.event))
      return await refuse(ctx, mail, `The event ${message.event.slice(0, 80)} is not taken here`);
    await keep(ctx, mail, message);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status >= 500) throw error;
    await refuse(ctx, mail, error.faults.map(({ detail }) => detail).join('; '));
  }
};
