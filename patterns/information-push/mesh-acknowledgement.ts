import { member } from '../../sandbox/act-values.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import { sendMail } from '../../sandbox/mailboxes/client.ts';
import { Undeliverable } from '../../sandbox/messages/retry.ts';
import type { Consumer, Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { endpointOf, sourceOf } from './addresses.ts';
import { boxOf } from './mesh-exchange.ts';
import { ackOf, MAILBOXES } from './mesh-mailboxes.ts';

/** ITK3's response message, and its codes: it is safely here; it is not valid. */
const RESPONSE = { system: 'https://fhir.nhs.uk/STU3/CodeSystem/ITK-MessageEvent-2', code: 'ITK008M' };
const CODES = 'https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-1';
const FINE = { system: CODES, code: '20013', display: 'OK' };
const NOT_VALID = { system: CODES, code: '10008', display: 'The message is not valid' };

export interface Acknowledged {
  /** The MessageHeader.id that it is about. */
  readonly message: string;
  readonly workflow: string;
  /** Why not; absent where all is well. */
  readonly fault?: string;
}

/**
 * An infrastructure acknowledgement, put on its way in the transaction of what it acknowledges: workflow `…_ACK`, and it asks for
 * none itself (PSH-11).
 */
export const acknowledge = async (ctx: Ctx, tx: Tx, { message, workflow, fault }: Acknowledged): Promise<void> => {
  const outcome = {
    resourceType: 'OperationOutcome',
    id: ctx.uuid(),
    issue: [
      fault === undefined
        ? { severity: 'information', code: 'informational', details: { coding: [FINE] } }
        : { severity: 'fatal', code: 'invalid', details: { coding: [NOT_VALID] }, diagnostics: fault },
    ],
  };
  const body = writeMessage({
    bundleId: ctx.uuid(),
    headerId: ctx.uuid(),
    event: RESPONSE,
    at: ctx.now(),
    base: ctx.baseOf(ctx.participant.name) ?? '',
    source: sourceOf(ctx),
    destination: endpointOf(ctx, 'sender'),
    response: { identifier: message, code: fault === undefined ? 'ok' : 'fatal-error' },
    focus: [outcome],
  });
  await ctx.enqueue(tx, {
    consumer: 'mail-out',
    to: ctx.participant.name,
    contentType: 'application/fhir+json',
    headers: { workflow: ackOf(workflow), local: ctx.uuid() },
    body: JSON.stringify(body),
  });
};

const PASSING: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

/** Acknowledgements on their way to the exchange. */
export const mailOut: Consumer = {
  participant: 'recipient',
  retry: { attempts: 12, first: 'PT30S', factor: 2, max: 'PT1H' },
  handle: async (message, ctx) => {
    const { workflow = '', local = message.id } = message.headers;
    const body = Buffer.from(message.body).toString('utf8');
    const { reply } = await sendMail(ctx, boxOf(ctx), { to: MAILBOXES.sender, workflow, local, body });
    if (PASSING.includes(reply.status)) throw new Error(`the exchange answered ${reply.status}`);
    if (reply.status !== 202) throw new Undeliverable(`the exchange answered ${reply.status}`);
    await ctx.transaction(async () => undefined);
  },
};

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What an acknowledgement says; undefined for what is none. */
export const readAcknowledgement = (
  body: unknown,
): { readonly message: string; readonly positive: boolean; readonly reason: string } | undefined => {
  const [header, outcome] = listed(member(body, 'entry')).map((entry) => member(entry, 'resource'));
  const response = member(header, 'response');
  const message = member(response, 'identifier');
  if (typeof message !== 'string') return undefined;
  const [issue] = listed(member(outcome, 'issue'));
  const [coding] = listed(member(member(issue, 'details'), 'coding'));
  const words = [member(coding, 'code'), member(coding, 'display'), member(issue, 'diagnostics')];
  return {
    message,
    positive: member(response, 'code') === 'ok',
    reason: words.filter((word) => typeof word === 'string').join(' '),
  };
};
