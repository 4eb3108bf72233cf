import type { Call, Ctx, Handler } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, FORBIDDEN, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { eventsBetween } from './events.ts';
import { signalFor } from './mns-signal.ts';
import { parsed } from './parts.ts';
import { SUBSCRIBERS } from './places.ts';
import { markSent, type Subscription } from './subscriptions.ts';

/** What is taken from a queue is hidden so long, and shown again unless it is deleted; on the sandbox clock. */
const HIDDEN = 30_000;
const MOST = 10;

/**
 * Puts an event into the queue that the subscription's ARN stands for. Its owner gets a message with the signal, too: simulated,
 * it looks into its queue; with a queue of its own on RabbitMQ, that is where the signal is.
 */
export const deliverToQueue = async (ctx: Ctx, one: Subscription, queue: string, number: number): Promise<void> => {
  const [event] = await eventsBetween(ctx, ctx.sql, one.id, [number, number]);
  if (event === undefined) return;
  const body = await signalFor(ctx, one, event);
  const owner = SUBSCRIBERS.find((name) => name === one.owner);
  await ctx.transaction(async (tx) => {
    await tx.query(
      `insert into pub_queue (store, seq, queue, event, body, at, again, received) values ($1, $2, $3, $4, $5, $6, 0, 0)`,
      [ctx.store, await ctx.next(tx), queue, event.focus, body, ctx.now()],
    );
    await markSent(ctx, tx, one.id);
    if (owner !== undefined)
      await ctx.enqueue(tx, {
        consumer: 'collect',
        to: owner,
        key: owner,
        headers: { queue },
        contentType: one.wants.payload ?? 'application/json',
        body,
      });
  });
};

const queueNamed = (call: Call): string => {
  if (call.from.participant === 'publisher') throw problem(FORBIDDEN, 'Who listens is not told to a publisher');
  return call.params.queue ?? '';
};

interface Row {
  readonly seq: number;
  readonly body: string;
  readonly at: number;
  readonly received: number;
}

const mostOf = (query: URLSearchParams): number => {
  const most = Number(query.get('max') ?? MOST);
  if (Number.isInteger(most) && most >= 1 && most <= MOST) return most;
  throw problem(BAD_REQUEST, `max is a whole number from 1 to ${MOST}`, { at: 'max' });
};

/** The next messages of a queue: hidden for a while, so that who fails to delete one gets it again. */
export const receiveFromQueue: Handler = async (call, ctx) => {
  const queue = queueNamed(call);
  const most = mostOf(call.query);
  const rows = await ctx.transaction(async (tx) => {
    const found = await tx.query<Row>(
      'select seq, body, at, received from pub_queue where store = $1 and queue = $2 and again <= $3 order by seq limit $4',
      [ctx.store, queue, ctx.now(), most],
    );
    for (const { seq } of found)
      await tx.query('update pub_queue set again = $3, received = received + 1 where store = $1 and seq = $2', [
        ctx.store,
        seq,
        ctx.now() + HIDDEN,
      ]);
    return found;
  });
  const messages = rows.map(({ seq, body, at, received }) => ({
    id: String(seq),
    sent: new Date(at).toISOString(),
    receiveCount: received + 1,
    body: parsed(body),
  }));
  return { status: 200, body: { messages } };
};

/** The message has been kept by who received it. */
export const deleteFromQueue: Handler = async (call, ctx) => {
  const queue = queueNamed(call);
  const seq = Number(call.params.message);
  const gone = await ctx.transaction((tx) =>
    tx.query('delete from pub_queue where store = $1 and queue = $2 and seq = $3 returning seq', [
      ctx.store,
      queue,
      Number.isSafeInteger(seq) ? seq : -1,
    ]),
  );
  if (gone.length === 0) throw problem(NOT_FOUND, `The queue ${queue} has no message ${call.params.message ?? ''}`);
  return { status: 204 };
};
