import { find, replace } from '../../sandbox/fhir/repository.ts';
import { isResource } from '../../sandbox/fhir/stored.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { parsed } from './parts.ts';
import { putSubscription, type State, type Subscription } from './subscriptions.ts';

/** What the broker says of a subscription: in its resource, where its subscriber reads it, and in its row. */
export const sayState = async (ctx: Ctx, tx: Tx, one: Subscription, state: State, reason?: string): Promise<void> => {
  const { reason: _, ...rest } = one;
  await putSubscription(ctx, tx, { ...rest, state, ...(reason === undefined ? {} : { reason }) });
  const row = await find(ctx, tx, 'Subscription', one.id);
  const resource = row && parsed(row.body);
  if (row === undefined || !isResource(resource)) return;
  const { error: _before, ...same } = resource;
  const said = {
    ...same,
    resourceType: 'Subscription',
    status: state,
    ...(reason === undefined ? {} : { error: reason }),
  };
  // What the broker says itself is not judged as a client's wish.
  await replace(forWriting(ctx, undefined, undefined), tx, row, said);
};
