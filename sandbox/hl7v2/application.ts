import { Undeliverable } from '../messages/retry.ts';
import type { Caller, Consumer, Ctx, Message } from '../pattern.ts';
import { ProblemError } from '../problem.ts';
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

/** The effect, and the acknowledgement that is to be sent, in the transaction that takes the message out of the queue. */
const settle = async (ctx: Ctx, queued: Message, message: Hl7Message, answer: Hl7Answer): Promise<void> => {
  const when = modeOf(message)?.application ?? 'NE';
  await ctx.transaction(async (tx) => {
    await answer.effect?.(tx);
    if (!wants(when, codeOf(answer) === 'AA')) return;
    const headers = { to: callerOf(queued).participant };
    await ctx.enqueue(tx, { consumer: ACKNOWLEDGE, to: queued.to, headers, body: write(message, answer, ctx.now()) });
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
        await ctx.sendHl7(to, { message: queued.body });
        await ctx.transaction(async () => undefined);
      },
    },
  };
};
