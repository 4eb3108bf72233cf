import { member } from '../../sandbox/act-values.ts';
import type { Call, Consumer, Ctx, Reply } from '../../sandbox/pattern.ts';
import { problem, UPSTREAM_FAILED } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

const textIn = (event: unknown, name: string): string => {
  const value = member(event, name);
  return typeof value === 'string' ? value : '';
};

/** Notes that there is something new; the same event a second time is nothing new. */
const note = async (ctx: Ctx, tx: Tx, event: unknown, via: string): Promise<void> => {
  await tx.query(
    `insert into shr_heard (store, seq, at, event, type, subject, dataref, via) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict do nothing returning seq`,
    [
      ctx.store,
      await ctx.next(tx),
      ctx.now(),
      textIn(event, 'id'),
      textIn(event, 'type'),
      textIn(event, 'subject'),
      textIn(event, 'dataref'),
      via,
    ],
  );
};

const eventIn = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString('utf8'));

/** `POST /availability` */
export const takeAvailability = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const event = eventIn(call.body);
  await ctx.transaction((tx) => note(ctx, tx, event, 'http'));
  return { status: 204 };
};

/** The same from a queue. */
export const availability: Consumer = {
  participant: 'requester',
  outside: true,
  handle: async (message, ctx) => {
    const event = eventIn(message.body);
    await ctx.transaction((tx) => note(ctx, tx, event, 'queue'));
  },
};

const REFUSED = 300;

/** Brings an event to a subscriber; what is not taken with a 2xx is brought again. */
export const tell: Consumer = {
  participant: 'repository',
  handle: async (message, ctx) => {
    const notice = eventIn(message.body);
    const headers = { 'content-type': 'application/cloudevents+json', 'x-request-id': ctx.uuid() };
    const body = JSON.stringify(member(notice, 'event'));
    const { status } = await ctx.send(textIn(notice, 'subscriber'), {
      method: 'POST',
      path: '/availability',
      headers,
      body,
    });
    if (status >= REFUSED) throw problem(UPSTREAM_FAILED, `It was answered ${status}`);
  },
};

export interface Heard {
  readonly at: string;
  readonly type: string;
  readonly subject: string;
  /** Where the record is: nothing of it is kept here (SHR-12). */
  readonly dataref: string;
  readonly via: string;
}

/** What a participant has heard of, newest first. */
export const listHeard = async (ctx: Ctx): Promise<readonly Heard[]> => {
  const rows = await ctx.sql.query<{ at: number; type: string; subject: string; dataref: string; via: string }>(
    'select at, type, subject, dataref, via from shr_heard where store = $1 order by seq desc limit 50',
    [ctx.store],
  );
  return rows.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest }));
};
