import { listed, parts } from '../sql/parts.ts';
import type { Tx } from '../sql/port.ts';
import type { Attempt } from './rows.ts';

/** Thrown where a message of several was done before: each is to be handled by itself, for then it is known which it was. */
export class DoneBefore extends Error {}

const which = (ids: readonly string[]): string =>
  `serial = $1 and attempt = $2 and state in ('ready', 'sent') and id in ${listed(ids, 3)}`;

/** Does for attempts of one generation of a sandbox, all of them done, what `settleAttempt` does for one; or throws. */
export const takeOut = async (tx: Tx, serial: number, attempts: readonly Attempt[], now: number): Promise<void> => {
  for (const [attempt, alike] of Map.groupBy(attempts, (one) => one.attempt))
    for (const ids of parts(alike.map(({ id }) => id))) {
      const where = [serial, attempt, ...ids];
      const [there] = await tx.query<{ n: number }>(`select count(*) as n from message where ${which(ids)}`, where);
      if (there?.n !== ids.length) throw new DoneBefore();
      await tx.query(
        `update message set state = 'done', due = null, reason = null, changed = $${ids.length + 3} where ${which(ids)}`,
        [serial, attempt, ...ids, now],
      );
    }
};
