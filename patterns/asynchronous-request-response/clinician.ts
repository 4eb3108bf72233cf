import type { Ctx } from '../../sandbox/pattern.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import { type Decision, isDecision } from './decisions.ts';

/** A simulated clinician: what is decided about each new referral, and after how long on the sandbox clock. */
export interface Clinician {
  readonly after: number;
  readonly decision: Decision;
  readonly reason?: string;
}

const ONLY = 'clinician';

export const clinicianOf = async (ctx: Ctx, reader: Reader): Promise<Clinician | undefined> => {
  const [row] = await reader.query<{ after: number; decision: string; reason: string | null }>(
    'select after, decision, reason from rra_clinician where store = $1 and name = $2',
    [ctx.store, ONLY],
  );
  if (row === undefined || !isDecision(row.decision)) return undefined;
  return { after: row.after, decision: row.decision, ...(row.reason === null ? {} : { reason: row.reason }) };
};

/** From now on this clinician decides; nobody but the worklist's users where there is none. */
export const setClinician = async (ctx: Ctx, tx: Tx, clinician: Clinician | undefined): Promise<void> => {
  await tx.query('delete from rra_clinician where store = $1', [ctx.store]);
  if (clinician === undefined) return;
  const { after, decision, reason } = clinician;
  await tx.query('insert into rra_clinician (store, name, after, decision, reason) values ($1, $2, $3, $4, $5)', [
    ctx.store,
    ONLY,
    after,
    decision,
    reason ?? null,
  ]);
};

export const scheduleClinician = async (ctx: Ctx, tx: Tx, task: string): Promise<void> => {
  const clinician = await clinicianOf(ctx, tx);
  if (clinician !== undefined)
    await ctx.schedule(tx, { name: 'clinician', due: ctx.now() + clinician.after, data: { task, ...clinician } });
};
