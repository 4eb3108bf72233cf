import type { SandboxKey } from '../journal.ts';
import type { Reader, Tx } from '../sql/port.ts';
import { BODY } from './message-body.ts';

export type MessageState = 'ready' | 'sent' | 'waiting' | 'following' | 'held' | 'done' | 'dead';

/** A message as it is relayed. */
export interface MessageRow {
  readonly serial: number;
  readonly id: string;
  readonly seq: number;
  readonly sandbox: string;
  /** `<pattern>.<consumer>`. */
  readonly queue: string;
  readonly sender: string;
  readonly receiver: string;
  /** Messages of a sandbox, queue and ordering are handled one after the other. */
  readonly ordering: string | null;
  /** JSON. */
  readonly headers: string;
  readonly content_type: string | null;
  /** Empty where there is a claim. */
  readonly body: Uint8Array;
  /** JSON of a BlobReference. */
  readonly claim: string | null;
  readonly attempt: number;
  /** Attempts before it was put back into the queue from the dead letters, if it was. */
  readonly spent: number;
  /** Sandbox clock. */
  readonly at: number;
  readonly expires: number | null;
  /** JSON, where its sandbox had faults for messages when it was accepted: see message-fate.ts. */
  readonly fate: string | null;
}

export const MESSAGE_COLUMNS = `serial, id, seq, sandbox, queue, sender, receiver, ordering, headers, content_type, ${BODY}, claim,
  attempt, spent, at, expires, fate`;

/** One attempt at one message: what a transaction that decides about it has to name. */
export interface Attempt {
  readonly serial: number;
  readonly id: string;
  readonly attempt: number;
  readonly spent: number;
}

const UNFINISHED = `ordering is not null and state <> 'done' and state <> 'dead'`;

/** Whether an unfinished message is before the one that is to be put into the queue. */
export const hasPredecessor = async (tx: Reader, serial: number, queue: string, ordering: string): Promise<boolean> => {
  const rows = await tx.query(
    `select seq from message where serial = $1 and queue = $2 and ordering = $3 and ${UNFINISHED} limit 1`,
    [serial, queue, ordering],
  );
  return rows.length > 0;
};

/** What becomes of an attempt that is under way. */
export interface Outcome {
  readonly state: 'done' | 'waiting' | 'held' | 'dead';
  /** Sandbox clock. */
  readonly now: number;
  /** The attempt that is next; the same one unless told. */
  readonly next?: number;
  /** Attempts that do not count; as many as before unless told. */
  readonly spent?: number;
  readonly due?: number;
  readonly reason?: string;
}

/** The guard: true for the one transaction that decides about this attempt. */
export const settleAttempt = async (tx: Tx, row: Attempt, outcome: Outcome): Promise<boolean> => {
  const { serial, id, attempt } = row;
  const { state, now, next = attempt, spent = row.spent, due = null, reason = null } = outcome;
  const rows = await tx.query(
    `update message set state = $4, changed = $5, attempt = $6, due = $7, reason = $8, spent = $9
     where serial = $1 and id = $2 and attempt = $3 and state in ('ready', 'sent') returning id`,
    [serial, id, attempt, state, now, next, due, reason, spent],
  );
  return rows.length > 0;
};

/** Takes a message out of its ordering: it comes when it comes. */
export const leaveOrdering = async (tx: Tx, { serial, id }: Pick<MessageRow, 'serial' | 'id'>): Promise<void> => {
  await tx.query('update message set ordering = null where serial = $1 and id = $2', [serial, id]);
};

/** Lets the next message of an ordering go, after the one before it is finished; true where there was one that can go now. */
export const promoteNext = async (
  tx: Tx,
  row: Pick<MessageRow, 'serial' | 'queue' | 'ordering'>,
  now: number,
): Promise<boolean> => {
  if (row.ordering === null) return false;
  const [next] = await tx.query<{ id: string; state: MessageState; due: number | null }>(
    `select id, state, due from message where serial = $1 and queue = $2 and ordering = $3 and ${UNFINISHED}
     order by seq limit 1`,
    [row.serial, row.queue, row.ordering],
  );
  if (next?.state !== 'following') return false;
  const state = next.due !== null && next.due > now ? 'waiting' : 'ready';
  await tx.query('update message set state = $3 where serial = $1 and id = $2', [row.serial, next.id, state]);
  return state === 'ready';
};

/**
 * Whether the sandbox has a message that is ready or under way. One statement, and so one moment: between two, what is under
 * way may be given back, and would be in neither.
 */
export const hasUnfinished = async (reader: Reader, { serial }: Pick<SandboxKey, 'serial'>): Promise<boolean> => {
  const rows = await reader.query(
    `select seq from message where serial = $1 and state = 'ready'
     union all select seq from message where serial = $1 and state = 'sent' limit 1`,
    [serial],
  );
  return rows.length > 0;
};
