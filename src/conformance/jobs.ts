import { randomUUID } from 'node:crypto';
import type { Report } from '../../sandbox/conformance/report.ts';
import type { Sql } from '../../sandbox/sql/port.ts';

export type Job =
  | { readonly id: string; readonly state: 'running' }
  | { readonly id: string; readonly state: 'finished'; readonly report: Report }
  | { readonly id: string; readonly state: 'failed'; readonly error: string };

export interface Jobs {
  /** Starts a run in the background and returns at once; `undefined` while too many are running. */
  start(run: (signal: AbortSignal) => Promise<Report>): Promise<Job | undefined>;
  read(id: string): Promise<Job | undefined>;
  /** Aborts what is running and waits until that is written down. */
  close(): Promise<void>;
}

/** A run is bounded in real time, however slow the target. */
const LIMIT = 10 * 60_000;
const AT_ONCE = 4;
/** A report holds every exchange of its run, so it is kept for a day and not for ever. */
const KEPT = 24 * 60 * 60_000;
const FORGOTTEN_AT_ONCE = 20;

interface Row {
  readonly state: string;
  readonly deadline_real: number;
  readonly report: string | null;
  readonly error: string | null;
}

const toJob = (id: string, row: Row, now: number): Job => {
  // Written by this file alone, from a Report.
  if (row.state === 'finished') return { id, state: 'finished', report: JSON.parse(row.report ?? 'null') as Report };
  if (row.state === 'failed') return { id, state: 'failed', error: row.error ?? 'it failed' };
  return now > row.deadline_real
    ? { id, state: 'failed', error: 'the service was restarted while it ran' }
    : { id, state: 'running' };
};

export const createJobs = (sql: Sql, now: () => number): Jobs => {
  const running = new Map<AbortController, Promise<void>>();

  const finish = (id: string, state: string, report: string | null, error: string | null): Promise<void> =>
    sql.transaction(async (tx) => {
      await tx.query('update conformance_job set state = $1, report = $2, error = $3 where id = $4', [
        state,
        report,
        error,
        id,
      ]);
    });

  const background = async (
    id: string,
    controller: AbortController,
    run: (signal: AbortSignal) => Promise<Report>,
  ): Promise<void> => {
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(LIMIT)]);
    try {
      await finish(id, 'finished', JSON.stringify(await run(signal)), null);
    } catch (error) {
      const why = controller.signal.aborted
        ? 'the service was stopped while it ran'
        : signal.aborted
          ? `it took longer than ${LIMIT / 60_000} minutes`
          : String(error instanceof Error ? error.message : error);
      await finish(id, 'failed', null, why);
    } finally {
      running.delete(controller);
    }
  };

  return {
    start: async (run) => {
      if (running.size >= AT_ONCE) return undefined;
      const id = randomUUID();
      const controller = new AbortController();
      // The place is taken before anything is awaited, so that a burst of requests cannot overrun the limit.
      const written = sql.transaction(async (tx) => {
        await tx.query(
          `delete from conformance_job where id in
             (select id from conformance_job where deadline_real < $1 order by deadline_real limit $2)`,
          [now() - KEPT, FORGOTTEN_AT_ONCE],
        );
        const values = [id, now() + LIMIT + 60_000];
        await tx.query("insert into conformance_job (id, state, deadline_real) values ($1, 'running', $2)", values);
      });
      running.set(
        controller,
        written.then(
          () => background(id, controller, run),
          () => void running.delete(controller),
        ),
      );
      await written;
      return { id, state: 'running' };
    },
    read: async (id) => {
      const [row] = await sql.query<Row>(
        'select state, deadline_real, report, error from conformance_job where id = $1',
        [id],
      );
      return row === undefined ? undefined : toJob(id, row, now());
    },
    close: async () => {
      for (const controller of running.keys()) controller.abort();
      await Promise.allSettled(running.values());
    },
  };
};
