import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { asksFor } from '../../sandbox/fhir/itk.ts';
import { type FhirMessage, writeMessage } from '../../sandbox/fhir/message.ts';
import { Undeliverable } from '../../sandbox/messages/retry.ts';
import type { Consumer, Ctx, Message, Reply, TimerHandler } from '../../sandbox/pattern.ts';
import { problem, UPSTREAM_FAILED } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { addressee, endpointOf, type Party, PROCESS_MESSAGE, sourceOf } from './addresses.ts';
import { keepBrought } from './brought.ts';
import { ACK, eventCoding, isEvent, REPORT } from './events.ts';
import { UNKNOWN_EVENT, WANTS_ANSWER } from './problems.ts';

/** How long the exchange tries before it reports that a message did not get through: five days. */
export const PATIENCE = 5 * 86_400_000;

const FHIR_JSON = 'application/fhir+json';

const requireCarried = ({ event, header }: FhirMessage): void => {
  if (asksFor(header, 'BusAckRequested'))
    throw problem(
      WANTS_ANSWER,
      'The message asks for a business acknowledgement. Information push does without; take asynchronous request/response, which offers one, by mail too',
      { at: 'Bundle.entry[0].resource.extension' },
    );
  const workflow = event.endsWith(ACK) ? event.slice(0, -ACK.length) : event;
  if (!isEvent(workflow) && event !== REPORT)
    throw problem(
      UNKNOWN_EVENT,
      `${JSON.stringify(event.slice(0, 80))} is no workflow that anybody here has agreed on`,
      {
        at: 'Bundle.entry[0].resource.event',
      },
    );
};

const enqueue = async (ctx: Ctx, tx: Tx, id: string, to: Party, body: string): Promise<void> => {
  await ctx.enqueue(tx, {
    consumer: 'deliver',
    key: to,
    contentType: FHIR_JSON,
    headers: { 'x-request-id': ctx.uuid(), 'message-id': id, 'deliver-to': to },
    expires: ctx.now() + PATIENCE,
    body,
  });
};

/** The exchange takes a message over: 202 and its id. It is accepted for delivery, and not delivered yet (PSH-02). */
export const acceptForDelivery = async (ctx: Ctx, message: FhirMessage): Promise<Reply> => {
  requireCarried(message);
  const to = addressee(ctx, message);
  const { headerId: id, event } = message;
  const from = to === 'recipient' ? 'sender' : 'recipient';
  await ctx.transaction(async (tx) => {
    const made = await tx.query(
      `insert into psh_carried (store, message, sender, recipient, event, accepted, state)
       values ($1, $2, $3, $4, $5, $6, 'accepted') on conflict (store, message) do nothing returning message`,
      [ctx.store, id, from, to, event, ctx.now()],
    );
    // Sent again because the 202 got lost: it is carried once, and the answer is the same.
    if (made.length === 0) return;
    await enqueue(ctx, tx, id, to, JSON.stringify(message.bundle));
    await ctx.schedule(tx, { name: 'not-delivered', due: ctx.now() + PATIENCE, data: { message: id } });
  });
  return { status: 202, headers: { 'message-id': id } };
};

const settle = async (ctx: Ctx, tx: Tx, id: string, state: 'delivered' | 'refused' | 'expired'): Promise<boolean> => {
  const rows = await tx.query(
    `update psh_carried set state = $3, settled = $4 where store = $1 and message = $2 and state = 'accepted' returning message`,
    [ctx.store, id, state, ctx.now()],
  );
  return rows.length > 0;
};

interface Carried {
  readonly message: string;
  readonly sender: string;
  readonly recipient: string;
  readonly event: string;
}

/** Tells the sender that somebody has to look at it: a report about reports would never end, so there is none. */
const report = async (ctx: Ctx, tx: Tx, id: string, reason: string): Promise<void> => {
  const [carried] = await tx.query<Carried>(
    'select message, sender, recipient, event from psh_carried where store = $1 and message = $2',
    [ctx.store, id],
  );
  if (carried === undefined || carried.event === REPORT) return;
  const header = ctx.uuid();
  const bundle = writeMessage({
    bundleId: ctx.uuid(),
    headerId: header,
    event: eventCoding(REPORT),
    at: ctx.now(),
    base: fhirBaseOf(ctx, 'broker') ?? '',
    source: sourceOf(ctx),
    destination: endpointOf(ctx, carried.sender),
    response: { identifier: id, code: 'fatal-error' },
    header: { reason: { text: reason } },
    focus: [],
  });
  await tx.query(
    `insert into psh_carried (store, message, sender, recipient, event, accepted, state)
     values ($1, $2, 'broker', $3, $4, $5, 'accepted')`,
    [ctx.store, header, carried.sender, REPORT, ctx.now()],
  );
  await enqueue(ctx, tx, header, carried.sender === 'sender' ? 'sender' : 'recipient', JSON.stringify(bundle));
};

/** Causes that pass; everything else would be refused again. */
const PASSING: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

const deliver = async (message: Message, ctx: Ctx): Promise<void> => {
  const { 'message-id': id = '', 'deliver-to': to = 'recipient', ...headers } = message.headers;
  const reply = await ctx.send(to, {
    method: 'POST',
    path: PROCESS_MESSAGE,
    headers: { ...headers, accept: FHIR_JSON, 'content-type': FHIR_JSON },
    body: message.body,
  });
  if (PASSING.includes(reply.status)) throw problem(UPSTREAM_FAILED, `${to} answered ${reply.status}`);
  const taken = reply.status < 300 || reply.status === 409;
  await ctx.transaction(async (tx) => {
    if (to === 'recipient') await keepBrought(ctx, tx, message);
    if (await settle(ctx, tx, id, taken ? 'delivered' : 'refused'))
      if (!taken) await report(ctx, tx, id, `The recipient refused it: ${reply.status}`);
  });
  if (!taken) throw new Undeliverable(`${to} answered ${reply.status}`);
};

/** From the exchange to its addressee, again and again with growing waits for five days; one addressee's in their order. */
export const deliveries: Consumer = {
  participant: 'broker',
  retry: { attempts: 60, first: 'PT1M', factor: 2, max: 'PT3H', jitter: 0.2 },
  lesson: {},
  handle: deliver,
};

/** Five days are over (PSH-06): what is not delivered by now is given up, and its sender is told. */
export const notDelivered: TimerHandler = async ({ data }, ctx) => {
  const id = typeof data === 'object' && data !== null && 'message' in data ? String(data.message) : '';
  await ctx.transaction(async (tx) => {
    if (await settle(ctx, tx, id, 'expired')) await report(ctx, tx, id, 'Nobody took it in for five days');
  });
};
