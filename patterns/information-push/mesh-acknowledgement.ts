import { infrastructureAck } from '../../sandbox/fhir/itk.ts';
import { uncorrelatedMessage } from '../../sandbox/fhir/uncorrelated.ts';
import { sendMail } from '../../sandbox/mailboxes/client.ts';
import { Undeliverable } from '../../sandbox/messages/retry.ts';
import type { Consumer, Ctx } from '../../sandbox/pattern.ts';
import { problem, UPSTREAM_FAILED } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { endpointOf, sourceOf } from './addresses.ts';
import { boxOf } from './mesh-exchange.ts';
import { ackOf, MAILBOXES } from './mesh-mailboxes.ts';

export interface Acknowledged {
  /** The MessageHeader.id that it is about. */
  readonly message: string;
  readonly workflow: string;
  /** The number of whom that is about, for faults that a number stands for; it is not mailed. */
  readonly about: string;
  /** Why not; absent where all is well. */
  readonly fault?: string;
}

/**
 * An infrastructure acknowledgement, put on its way in the transaction of what it acknowledges: workflow `…_ACK`, and it asks for
 * none itself (PSH-11).
 */
export const acknowledge = async (
  ctx: Ctx,
  tx: Tx,
  { message, workflow, about, fault }: Acknowledged,
): Promise<void> => {
  const body = infrastructureAck(ctx, {
    ...{ message, base: ctx.baseOf(ctx.participant.name) ?? '' },
    ...{ source: sourceOf(ctx), destination: endpointOf(ctx, 'sender') },
    ...(fault === undefined ? {} : { fault }),
  });
  await ctx.enqueue(tx, {
    consumer: 'mail-out',
    to: ctx.participant.name,
    contentType: 'application/fhir+json',
    headers: { workflow: ackOf(workflow), local: ctx.uuid(), about },
    body: JSON.stringify(body),
  });
};

const PASSING: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

/** Acknowledgements on their way to the exchange. */
export const mailOut: Consumer = {
  participant: 'recipient',
  retry: { attempts: 12, first: 'PT30S', factor: 2, max: 'PT1H' },
  lesson: { uncorrelated: uncorrelatedMessage },
  handle: async (message, ctx) => {
    const { workflow = '', local = message.id } = message.headers;
    const body = Buffer.from(message.body).toString('utf8');
    const { reply } = await sendMail(ctx, boxOf(ctx), { to: MAILBOXES.sender, workflow, local, body });
    if (PASSING.includes(reply.status)) throw problem(UPSTREAM_FAILED, `the exchange answered ${reply.status}`);
    if (reply.status !== 202) throw new Undeliverable(`the exchange answered ${reply.status}`);
    await ctx.transaction(async () => undefined);
  },
};
