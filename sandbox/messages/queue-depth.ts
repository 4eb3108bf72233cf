import type { Reader } from '../sql/port.ts';
import { BODY } from './message-body.ts';
import { queueOf } from './post-room.ts';
import type { MessageState } from './rows.ts';

/** What is not done, as a user sees it; `sent` is `in-flight`: with the broker, or being handled. */
export const SHOWN = ['ready', 'in-flight', 'waiting', 'following', 'held', 'dead'] as const;
export type ShownState = (typeof SHOWN)[number];

export const storedState = (shown: ShownState): MessageState => (shown === 'in-flight' ? 'sent' : shown);

export interface QueueDepth {
  readonly depth: Readonly<Record<ShownState, number>>;
  /** Sandbox time. */
  readonly nextDue?: number;
  /** Sandbox time at which the oldest message that is not dead was sent. */
  readonly oldest?: number;
}

/** No statement counts further than this; where it ends, `more` are there. */
export const COUNT_MAX = 10_000;

/** What the index of a state needs to be told to be used. */
const CONDITIONS: Readonly<Record<ShownState, string>> = {
  ready: `state = 'ready'`,
  'in-flight': `state = 'sent'`,
  waiting: `state = 'waiting'`,
  following: `state = 'following'`,
  held: `state = 'held'`,
  dead: `state = 'dead'`,
};

interface Counted {
  readonly queue: string;
  readonly n: number;
  readonly due: number | null;
  readonly oldest: number;
}

const count = (reader: Reader, serial: number, state: ShownState): Promise<Counted[]> =>
  reader.query<Counted>(
    `select queue, count(*) as n, min(due) as due, min(at) as oldest from
       (select queue, due, at from message where serial = $1 and ${CONDITIONS[state]} limit ${COUNT_MAX}) as bounded
     group by queue`,
    [serial],
  );

const least = (a: number | undefined, b: number | null): number | undefined =>
  b === null || (a !== undefined && a <= b) ? a : b;

/** How full the queues of a pattern are for one sandbox, by the consumers' names, empty ones included. */
export const queueDepths = async (
  reader: Reader,
  serial: number,
  pattern: string,
  consumers: readonly string[],
): Promise<ReadonlyMap<string, QueueDepth & { readonly more: boolean }>> => {
  const found = await Promise.all(SHOWN.map(async (state) => [state, await count(reader, serial, state)] as const));
  return new Map(
    consumers.map((consumer) => {
      const name = queueOf(pattern, consumer);
      const depth: Record<ShownState, number> = {
        ready: 0,
        'in-flight': 0,
        waiting: 0,
        following: 0,
        held: 0,
        dead: 0,
      };
      let nextDue: number | undefined;
      let oldest: number | undefined;
      for (const [state, rows] of found) {
        const row = rows.find(({ queue }) => queue === name);
        if (row === undefined) continue;
        depth[state] = row.n;
        if (state === 'waiting') nextDue = least(nextDue, row.due);
        if (state !== 'dead') oldest = least(oldest, row.oldest);
      }
      const more = found.some(([, rows]) => rows.reduce((sum, { n }) => sum + n, 0) >= COUNT_MAX);
      const times = { ...(nextDue === undefined ? {} : { nextDue }), ...(oldest === undefined ? {} : { oldest }) };
      return [consumer, { depth, more, ...times }];
    }),
  );
};

export interface PeekedRow {
  readonly id: string;
  readonly seq: number;
  readonly sender: string;
  readonly receiver: string;
  readonly ordering: string | null;
  readonly headers: string;
  readonly content_type: string | null;
  readonly body: Uint8Array;
  readonly claim: string | null;
  readonly attempt: number;
  readonly spent: number;
  readonly at: number;
  readonly due: number | null;
  readonly expires: number | null;
  readonly reason: string | null;
}

/** A page of what is in a queue in one state, in the order in which it was sent, without taking it out. */
export const peek = (
  reader: Reader,
  where: { readonly serial: number; readonly queue: string; readonly state: ShownState },
  after: number,
  limit: number,
): Promise<PeekedRow[]> =>
  reader.query<PeekedRow>(
    `select id, seq, sender, receiver, ordering, headers, content_type, ${BODY}, claim, attempt, spent, at, due, expires, reason
     from message where serial = $1 and queue = $2 and ${CONDITIONS[where.state]} and seq > $3 order by seq limit $4`,
    [where.serial, where.queue, after, limit],
  );
