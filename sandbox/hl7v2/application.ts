import { Undeliverable } from '../messages/retry.ts';
import type { Caller, Consumer, Ctx, Message } from '../pattern.ts';
import { ProblemError } from '../problem.ts';
import type { Tx } from '../sql/port.ts';
import { acknowledge, isError } from './acknowledge.ts';
import { newControlId } from './control-id.ts';
import { ACKNOWLEDGE, APPLICATION, modeOf, wants } from './enhanced.ts';
import { Hl7Error } from './hl7-error.ts';
import { type Hl7Message, parseMessage } from './message.ts';
import type { Hl7Answer, Hl7Receiver, Hl7Receivers } from './receiver.ts';
import { refusalOf } from './refusal.ts';

export const codeOf = ({ code, faults }: Hl7Answer): 'AA' | 'AE' | 'AR' =>
  code ?? (faults?.some(isError) === true ? 'AE' : 'AA');

const callerOf = ({ headers }: Message): Caller => ({
  participant: headers.from ?? 'unknown',
  claimed: headers.claimed === 'true',
});

/** The application acknowledgement is accept-acknowledged as any message, and asks for no other (V2-08). */
const write = (message: Hl7Message, answer: Hl7Answer, now: number): Buffer =>
  acknowledge(message, {
    ...answer,
    code: codeOf(answer),
    controlId: newControlId(),
    now,
    complete: (reply) => {
      reply.set('MSH-15', 'AL').set('MSH-16', 'NE');
      answer.complete?.(reply);
    },
  }).toBytes();

/**
 * Sends what the application makes of a message now, in a message of its own to who sent it, from the transaction in which that
 * became known. `key` keeps those about one thing in order. Nothing where MSH-16 does not ask for it; a message in original
 * mode was answered on its connection, and what is known only now is news all the same.
 */
export const answerLater = async (
  ctx: Ctx,
  tx: Tx,
  message: Hl7Message,
  { to, key, ...answer }: Omit<Hl7Answer, 'effect' | 'later'> & { readonly to: string; readonly key?: string },
): Promise<void> => {
  if (!wants(modeOf(message)?.application ?? 'AL', codeOf(answer) === 'AA')) return;
  await ctx.enqueue(tx, {
    consumer: ACKNOWLEDGE,
    to: ctx.participant.name,
    headers: { to },
    ...(key === undefined ? {} : { key }),
    body: write(message, answer, ctx.now()),
  });
};

/** The effect, and the acknowledgement that is to be sent, in the transaction that takes the message out of the queue. */
const settle = async (ctx: Ctx, queued: Message, message: Hl7Message, answer: Hl7Answer): Promise<void> => {
  await ctx.transaction(async (tx) => {
    await answer.effect?.(tx);
    if (answer.later !== true || codeOf(answer) !== 'AA')
      await answerLater(ctx, tx, message, { ...answer, to: callerOf(queued).participant });
  });
};

const apply = async (receiver: Hl7Receiver, queued: Message, ctx: Ctx): Promise<void> => {
  const message = parseMessage(queued.body);
  try {
    await settle(ctx, queued, message, await receiver.receive(message, ctx, callerOf(queued)));
  } catch (error) {
    // Anything else is tried again, by the queue.
    if (!(error instanceof Hl7Error || error instanceof ProblemError)) throw error;
    await settle(ctx, queued, message, refusalOf(error));
  }
};

/** The second half of enhanced mode; a pattern that offers it has them among its `consumers`. */
export const applicationConsumers = (receivers: Hl7Receivers): Readonly<Record<string, Consumer>> => {
  const [participant = ''] = Object.keys(receivers);
  return {
    [APPLICATION]: {
      participant,
      handle: async (queued, ctx) => {
        const receiver = receivers[queued.to];
        if (receiver === undefined) throw new Undeliverable(`${queued.to} receives no messages`);
        await apply(receiver, queued, ctx);
      },
    },
    [ACKNOWLEDGE]: {
      participant,
      handle: async (queued, ctx) => {
        const { to = 'unknown' } = queued.headers;
        if (to === 'unknown') throw new Undeliverable('Nobody knows who sent the message that this acknowledges');
        const { code, text = '' } = await ctx.sendHl7(to, { message: queued.body });
        if (code === 'CR' || code === 'AR') throw new Error(`${to} answered ${code}: to be sent again later`);
        if (code === 'CE' || code === 'AE') throw new Undeliverable(`${to} refused it (${code}). ${text}`.trim());
        await ctx.transaction(async () => undefined);
      },
    },
  };
};
