import type { FhirMessage } from '../../sandbox/fhir/message.ts';
import type { Call, Ctx } from '../../sandbox/pattern.ts';
import { INVALID_RESOURCE, problem } from '../../sandbox/problem.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import { DUPLICATE_MESSAGE } from './problems.ts';
import { ways } from './ways.ts';

/** What identifies a message to whoever receives it. */
export const keyOf = (ctx: Ctx, message: FhirMessage): string => {
  if (ways.in(ctx).namedBy === 'header') return message.headerId;
  if (message.bundleId !== undefined) return message.bundleId;
  throw problem(INVALID_RESOURCE, 'The Bundle has no id, so no response could refer to it', { at: 'Bundle.id' });
};

export const wasProcessed = async (ctx: Ctx, reader: Reader, message: FhirMessage): Promise<boolean> => {
  const rows = await reader.query('select message from rra_processed where store = $1 and message = $2', [
    ctx.store,
    keyOf(ctx, message),
  ]);
  return rows.length > 0;
};

/** Notes that a message was processed; refuses one that was before. In the transaction of its effect. */
export const markProcessed = async (
  ctx: Ctx,
  tx: Tx,
  message: FhirMessage,
  call: Pick<Call, 'headers'>,
): Promise<void> => {
  const key = keyOf(ctx, message);
  const made = await tx.query(
    `insert into rra_processed (store, message, request, at) values ($1, $2, $3, $4)
     on conflict (store, message) do nothing returning message`,
    [ctx.store, key, call.headers['x-request-id'] ?? '', ctx.now()],
  );
  if (made.length === 0)
    throw problem(DUPLICATE_MESSAGE, `The message ${key} has been processed already; do not send it again`);
};
