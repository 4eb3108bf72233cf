import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { type Answer, changeRequest, requestNamed, type State, setAside } from './open-requests.ts';

/** What is known of a request's way, before anything is known of what became of it. */
export interface Receipt {
  readonly state: 'acknowledged' | 'failed';
  readonly reason: string;
}

const WAITING: readonly State[] = ['sent', 'unknown', 'accepted'];
/** Somebody looks at one that is overdue already: it is not waited for any the less because it arrived. */
const CHANGED: Readonly<Record<Receipt['state'], readonly State[]>> = {
  acknowledged: WAITING,
  failed: [...WAITING, 'acknowledged', 'overdue'],
};

/**
 * An infrastructure acknowledgement, or a report that nobody collected it: matched to the request that it names. That it
 * arrived changes nothing where an answer has come already; that it did not ends it.
 */
export const noteReceipt = async (ctx: Ctx, tx: Tx, named: string, { state, reason }: Receipt): Promise<void> => {
  const request = await requestNamed(ctx, tx, named);
  if (request === undefined)
    return setAside(ctx, tx, `It is about ${JSON.stringify(named)}, which was never sent here`, reason);
  if (!CHANGED[state].includes(request.state)) return;
  const at = new Date(ctx.now()).toISOString();
  const answer: Answer = { at, status: state, final: true, late: request.state === 'overdue', reason };
  const answers = state === 'failed' ? { answers: [...request.answers, answer] } : {};
  await changeRequest(ctx, tx, request, { state, ...answers });
};
