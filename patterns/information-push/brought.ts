import type { Ctx, Message } from '../../sandbox/pattern.ts';
import { CONFLICT, problem } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

/** The last message that the exchange brought to the recipient, as it went out; so that it can be brought once more on purpose. */
export const keepBrought = async (ctx: Ctx, tx: Tx, { headers, body }: Message): Promise<void> => {
  await tx.query(
    `insert into psh_brought (store, recipient, headers, body) values ($1, 'recipient', $2, $3)
     on conflict (store, recipient) do update set headers = $2, body = $3`,
    [ctx.store, JSON.stringify(headers), Buffer.from(body).toString()],
  );
};

export const lastBrought = async (
  ctx: Ctx,
): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly body: string }> => {
  const [row] = await ctx.sql.query<{ headers: string; body: string }>(
    'select headers, body from psh_brought where store = $1',
    [ctx.store],
  );
  if (row === undefined) throw problem(CONFLICT, 'Nothing has been brought to the recipient yet');
  return { headers: JSON.parse(row.headers), body: row.body };
};
