import { type Box, type Collected, poll } from '../../sandbox/mailboxes/client.ts';
import { pollsMailbox } from '../../sandbox/mailboxes/polling.ts';
import { acceptMail } from '../../sandbox/mailboxes/send.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { eventsBetween } from './events.ts';
import { takeSignal } from './mns-collect.ts';
import { mailboxOf, SENDER } from './mns-mailboxes.ts';
import { signalFor } from './mns-signal.ts';
import { parsed } from './parts.ts';
import { markSent, type Place, type Subscription } from './subscriptions.ts';

type Mailbox = Extract<Place, { readonly mailbox: string }>;

/** Puts an event into the mailbox that the subscription names, under its workflow: there it waits for five days. */
export const deliverToMailbox = async (ctx: Ctx, one: Subscription, place: Mailbox, number: number): Promise<void> => {
  const [event] = await eventsBetween(ctx, ctx.sql, one.id, [number, number]);
  if (event === undefined) return;
  const { payload = 'application/json' } = one.wants;
  const body = Buffer.from(await signalFor(ctx, one, event));
  const { mailbox: address, workflow } = place;
  const about = { subject: one.wants.equals?.eventType ?? '', contentType: payload };
  await ctx.transaction(async (tx) => {
    await acceptMail(ctx, tx, { sender: SENDER, address, workflow, local: event.focus, about, total: 1, body });
    await markSent(ctx, tx, one.id);
  });
};

const boxOf = (ctx: Ctx): Box => ({ exchange: 'broker', mailbox: mailboxOf(ctx.participant.name) });

/** A subscriber names the workflow after what it calls the subscription, so that it can tell to which a signal belongs. */
export const workflowOf = (hook: string): string => `MNS_${hook}`;
const hookOf = (workflow: string): string => workflow.slice(workflow.lastIndexOf('_') + 1);

const take = (ctx: Ctx, { workflow, body }: Collected): Promise<void> =>
  takeSignal(ctx, hookOf(workflow), parsed(body));

const look = (ctx: Ctx) => poll(ctx, boxOf(ctx), (mail) => take(ctx, mail));

/** Something lies in a subscriber's mailbox. */
export const looksIntoMailbox = pollsMailbox(look);

export const mailboxActs: Readonly<Record<string, Act>> = {
  'collect-mail': {
    title: 'Look into the own mailbox',
    summary: 'Downloads, keeps and acknowledges. It is done without being told, too, five minutes after something came',
    dialects: ['mns'],
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: (_input, ctx) => look(ctx),
  },
};
