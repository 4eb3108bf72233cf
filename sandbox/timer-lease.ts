import { randomUUID } from 'node:crypto';
import { problem, UNAVAILABLE } from './problem.ts';
import type { Sql } from './sql/port.ts';
import { sandboxGone } from './timer-rows.ts';

/** How long a node that died keeps others from going on, and how often one that lives says so; real milliseconds. */
const LEASE_MS = 6_000;
const RENEW_MS = 2_000;
const RETRY_MS = 50;
const PATIENCE_MS = 30_000;

export interface Leases {
  /** Runs `work` while this node alone moves the sandbox's time. `wait`: for another node that does; else undefined. */
  holding<T>(sandbox: string, wait: boolean, work: () => Promise<T>): Promise<T | undefined>;
}

/** One node at a time moves a sandbox's clock (rules 4). Leases are on the real clock. */
export const createLeases = (sql: Sql, real: () => number): Leases => {
  const owner = randomUUID();

  const take = (sandbox: string): Promise<boolean> =>
    sql.transaction(async (tx) => {
      const now = real();
      const rows = await tx.query(
        `update sandbox set lease_owner = $1, lease_until_real = $2
         where id = $3 and (lease_owner is null or lease_owner = $1 or lease_until_real < $4) returning id`,
        [owner, now + LEASE_MS, sandbox, now],
      );
      if (rows.length > 0) return true;
      if ((await tx.query('select id from sandbox where id = $1', [sandbox])).length === 0) throw sandboxGone();
      return false;
    });
  const release = (sandbox: string): Promise<unknown> =>
    sql.transaction((tx) =>
      tx.query('update sandbox set lease_owner = null, lease_until_real = null where id = $1 and lease_owner = $2', [
        sandbox,
        owner,
      ]),
    );
  const renew = (sandbox: string): Promise<unknown> =>
    sql.transaction((tx) =>
      tx.query('update sandbox set lease_until_real = $1 where id = $2 and lease_owner = $3', [
        real() + LEASE_MS,
        sandbox,
        owner,
      ]),
    );
  const ignore = (): void => undefined;

  return {
    async holding(sandbox, wait, work) {
      const deadline = performance.now() + PATIENCE_MS;
      while (!(await take(sandbox))) {
        if (!wait) return undefined;
        if (performance.now() > deadline)
          throw problem(UNAVAILABLE, 'Another node is still moving this sandbox’s time');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
      // Failing to renew is no harm by itself: each timer is guarded by its own row.
      const renewal = setInterval(() => void renew(sandbox).catch(ignore), RENEW_MS);
      try {
        return await work();
      } finally {
        clearInterval(renewal);
        await release(sandbox).catch(ignore);
      }
    },
  };
};
