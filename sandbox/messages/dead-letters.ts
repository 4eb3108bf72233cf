import type { Tx } from '../sql/port.ts';
import { hasPredecessor } from './rows.ts';

export interface DeadLetter {
  readonly id: string;
  readonly seq: number;
  readonly ordering: string | null;
  readonly headers: string;
}

/** Whose dead letters: a queue of a generation of a sandbox. */
export interface DeadLetterQueue {
  readonly serial: number;
  readonly queue: string;
}

const COLUMNS = 'id, seq, ordering, headers';

/** A page of dead letters, those after a number; or the one of an id. */
export const deadLetters = (
  tx: Tx,
  { serial, queue }: DeadLetterQueue,
  which: { readonly id: string } | { readonly after: number; readonly limit: number },
): Promise<DeadLetter[]> =>
  'id' in which
    ? tx.query<DeadLetter>(
        `select ${COLUMNS} from message where serial = $1 and id = $2 and queue = $3 and state = 'dead'`,
        [serial, which.id, queue],
      )
    : tx.query<DeadLetter>(
        `select ${COLUMNS} from message where serial = $1 and queue = $2 and state = 'dead' and seq > $3
         order by seq limit $4`,
        [serial, queue, which.after, which.limit],
      );

const without = (headers: string, dropped: ReadonlySet<string>): string => {
  if (dropped.size === 0) return headers;
  const kept = Object.entries(JSON.parse(headers)).filter(([name]) => !dropped.has(name.toLowerCase()));
  return JSON.stringify(Object.fromEntries(kept));
};

/**
 * Puts dead letters back into their queue, with all attempts before them and no expiry, without the headers that are named
 * (in lower case). What was delivered of them before, and comes late, is of an earlier attempt and is dropped.
 */
export const redrive = async (
  tx: Tx,
  { serial, queue }: DeadLetterQueue,
  letters: readonly DeadLetter[],
  dropped: ReadonlySet<string>,
): Promise<void> => {
  for (const { id, ordering, headers } of letters) {
    const behind = ordering !== null && (await hasPredecessor(tx, serial, queue, ordering));
    await tx.query(
      `update message set state = $3, headers = $4, spent = attempt, attempt = attempt + 1, due = null, expires = null,
         reason = null where serial = $1 and id = $2 and state = 'dead'`,
      [serial, id, behind ? 'following' : 'ready', without(headers, dropped)],
    );
  }
};

/** Where it has its body itself, the journal finds that elsewhere afterwards. */
const keepBody = async (tx: Tx, { serial, queue }: DeadLetterQueue, id: string): Promise<void> => {
  await tx.query(
    `insert into message_body (serial, id, body) select serial, id, body from message
     where serial = $1 and id = $2 and queue = $3 and state = 'dead' and length(body) > 0 on conflict do nothing`,
    [serial, id, queue],
  );
};

/** Deletes a dead letter; false where there is none. */
export const discard = async (tx: Tx, where: DeadLetterQueue, id: string): Promise<boolean> => {
  await keepBody(tx, where, id);
  const rows = await tx.query(
    `delete from message where serial = $1 and id = $2 and queue = $3 and state = 'dead' returning id`,
    [where.serial, id, where.queue],
  );
  return rows.length > 0;
};
