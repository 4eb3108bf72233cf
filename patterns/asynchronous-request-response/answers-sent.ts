import type { Ctx, Message } from '../../sandbox/pattern.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

export interface AnswerSent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The last answer about each referral, as it went out; so that it can be sent once more on purpose. */
export const keepAnswer = async (ctx: Ctx, tx: Tx, { key = '', headers, body }: Message): Promise<void> => {
  await tx.query(
    `insert into rra_answer (store, task, seq, headers, body) values ($1, $2, $3, $4, $5)
     on conflict (store, task) do update set seq = $3, headers = $4, body = $5`,
    [ctx.store, key, await ctx.next(tx), JSON.stringify(headers), Buffer.from(body).toString()],
  );
};

export const lastAnswer = async (ctx: Ctx): Promise<AnswerSent> => {
  const [row] = await ctx.sql.query<{ headers: string; body: string }>(
    'select headers, body from rra_answer where store = $1 order by seq desc limit 1',
    [ctx.store],
  );
  if (row === undefined) throw problem(CONFLICT, 'No answer has been delivered yet');
  return { headers: JSON.parse(row.headers), body: row.body };
};
