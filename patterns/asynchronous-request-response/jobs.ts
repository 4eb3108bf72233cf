import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';

/** What an asynchronous interaction came to: the reply that it would have been given at once. */
export interface JobResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An asynchronous interaction. A `referral` is over when its Task is, a `read` when it has been done in the background. */
export interface Job {
  readonly job: string;
  readonly kind: 'read' | 'referral';
  readonly state: 'open' | 'done' | 'cancelled';
  /** Of what was created at once: `ServiceRequest/1f/_history/1`. */
  readonly location: string | null;
  readonly result: JobResult | undefined;
  /** Sandbox time of the last look at it, and before which no other is welcome. */
  readonly asked: number;
  readonly again: number;
}

/** How long whoever asks is told to wait: seconds, longer the longer it takes. */
const WAITS = [2, 5, 15, 60, 300] as const;
export const nextWait = (asked: number, again: number): number => {
  const last = (again - asked) / 1_000;
  return WAITS.find((wait) => wait > last) ?? WAITS[WAITS.length - 1] ?? 300;
};

export const openJob = async (ctx: Ctx, tx: Tx, job: string, kind: Job['kind'], location?: string): Promise<void> => {
  await tx.query(
    `insert into rra_job (store, job, kind, state, location, asked, again) values ($1, $2, $3, 'open', $4, $5, $5)`,
    [ctx.store, job, kind, location ?? null, ctx.now()],
  );
};

export const findJob = async (ctx: Ctx, reader: Reader, job: string): Promise<Job | undefined> => {
  const [row] = await reader.query<Omit<Job, 'result'> & { result: string | null }>(
    'select job, kind, state, location, result, asked, again from rra_job where store = $1 and job = $2',
    [ctx.store, job],
  );
  return row && { ...row, result: row.result === null ? undefined : (JSON.parse(row.result) as JobResult) };
};

export const finishJob = async (ctx: Ctx, tx: Tx, job: string, result: JobResult): Promise<void> => {
  await tx.query("update rra_job set state = 'done', result = $3 where store = $1 and job = $2 and state = 'open'", [
    ctx.store,
    job,
    JSON.stringify(result),
  ]);
};

export const cancelJob = async (ctx: Ctx, tx: Tx, job: string): Promise<boolean> => {
  const gone = await tx.query(
    "update rra_job set state = 'cancelled', result = null where store = $1 and job = $2 and state <> 'cancelled' returning job",
    [ctx.store, job],
  );
  return gone.length > 0;
};

/** Notes that somebody looked, and how long they are asked to wait now. */
export const postponeJob = async (ctx: Ctx, tx: Tx, job: string, again: number): Promise<void> => {
  await tx.query('update rra_job set asked = $3, again = $4 where store = $1 and job = $2', [
    ctx.store,
    job,
    ctx.now(),
    again,
  ]);
};
