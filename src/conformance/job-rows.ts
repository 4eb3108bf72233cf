import type { Progress } from '../../sandbox/conformance/course.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import type { Sql } from '../../sandbox/sql/port.ts';
import type { Job, JobAbout } from './jobs.ts';

/** A report holds every exchange of its run, so it is kept for a day and not for ever. */
const KEPT = 24 * 60 * 60_000;
const FORGOTTEN_AT_ONCE = 20;
/** A run that has not said for so long that it is alive is one whose process is gone. */
const SILENCE = 15_000;

interface Row {
  readonly state: string;
  readonly deadline_real: number;
  readonly report: string | null;
  readonly error: string | null;
  readonly about: string | null;
  readonly progress: string | null;
}

// Each column is written by this file alone, from what it is read as.
const toJob = (id: string, row: Row, now: number): Job => {
  const about = row.about === null ? {} : (JSON.parse(row.about) as JobAbout);
  const common = { id, ...about, ...(row.progress === null ? {} : { progress: JSON.parse(row.progress) as Progress }) };
  if (row.state === 'finished')
    return { ...common, state: 'finished', report: JSON.parse(row.report ?? 'null') as Report };
  if (row.state === 'cancelled') return { ...common, state: 'cancelled' };
  if (row.state === 'failed') return { ...common, state: 'failed', error: row.error ?? 'it failed' };
  return now > row.deadline_real
    ? { ...common, state: 'failed', error: 'it was interrupted: the service was restarted while it ran' }
    : { ...common, state: 'running' };
};

export interface JobRows {
  create(id: string, about: JobAbout): Promise<void>;
  read(id: string): Promise<Job | undefined>;
  /** Says that a run is alive and how far it is; whether somebody asked for it to be cancelled. */
  alive(id: string, progress: Progress | undefined): Promise<boolean>;
  finish(
    id: string,
    state: 'finished' | 'failed' | 'cancelled',
    with_: { readonly report?: Report; readonly error?: string; readonly progress: Progress | undefined },
  ): Promise<void>;
  /** For whichever node runs it. */
  askToCancel(id: string): Promise<void>;
}

const textOf = (value: object | undefined): string | null => (value === undefined ? null : JSON.stringify(value));

export const createJobRows = (sql: Sql, now: () => number): JobRows => ({
  create: (id, about) =>
    sql.transaction(async (tx) => {
      await tx.query(
        `delete from conformance_job where id in
           (select id from conformance_job where deadline_real < $1 order by deadline_real limit $2)`,
        [now() - KEPT, FORGOTTEN_AT_ONCE],
      );
      await tx.query("insert into conformance_job (id, state, deadline_real, about) values ($1, 'running', $2, $3)", [
        id,
        now() + SILENCE,
        JSON.stringify(about),
      ]);
    }),
  read: async (id) => {
    const [row] = await sql.query<Row>(
      'select state, deadline_real, report, error, about, progress from conformance_job where id = $1',
      [id],
    );
    return row === undefined ? undefined : toJob(id, row, now());
  },
  alive: (id, progress) =>
    sql.transaction(async (tx) => {
      const [row] = await tx.query<{ cancel_asked: number }>(
        `update conformance_job set deadline_real = $1, progress = $2 where id = $3 and state = 'running'
           returning cancel_asked`,
        [now() + SILENCE, textOf(progress), id],
      );
      return row?.cancel_asked === 1;
    }),
  finish: (id, state, { report, error, progress }) =>
    sql.transaction(async (tx) => {
      await tx.query('update conformance_job set state = $1, report = $2, error = $3, progress = $4 where id = $5', [
        state,
        textOf(report),
        error ?? null,
        textOf(progress),
        id,
      ]);
    }),
  askToCancel: (id) =>
    sql.transaction(async (tx) => {
      await tx.query("update conformance_job set cancel_asked = 1 where id = $1 and state = 'running'", [id]);
    }),
});
