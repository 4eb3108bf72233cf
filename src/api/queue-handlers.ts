import type { ShownState } from '../../sandbox/messages/queue-depth.ts';
import { problem, UNAUTHENTICATED } from '../../sandbox/problem.ts';
import type { AccessKey } from '../sandboxes/keys.ts';
import { discardDeadLetter, listQueues, peekQueue, replayDeadLetters } from '../sandboxes/queues.ts';
import type { Surroundings } from '../sandboxes/surroundings.ts';
import { ok, type ServiceCall, type ServiceHandlers } from './call.ts';
import { cursorOf } from './cursor.ts';

const keyOf = ({ key }: ServiceCall): AccessKey => {
  if (key === undefined) throw problem(UNAUTHENTICATED, 'This needs a key of the sandbox');
  return key;
};

interface ReplayRequest {
  readonly dropHeaders?: readonly string[];
}

/** The queues of a sandbox: how full they are, what is in them, and what becomes of dead letters. */
export const queueHandlers = (around: Surroundings): ServiceHandlers => {
  const page = (call: ServiceCall, state: ShownState) => {
    const { sandboxId = '', queue = '' } = call.params;
    const after = cursorOf(call.query.get('after') ?? undefined, 'after');
    return peekQueue(around, sandboxId, queue, { state, after, limit: Number(call.query.get('limit') ?? 20) });
  };
  const replay = async (call: ServiceCall, letter?: string) => {
    const { sandboxId = '', queue = '' } = call.params;
    const { dropHeaders = [] } = (call.body ?? {}) as ReplayRequest;
    const which = letter === undefined ? { dropHeaders } : { dropHeaders, letter };
    return ok({ replayed: await replayDeadLetters(around, keyOf(call), sandboxId, queue, which) });
  };
  return {
    listQueues: async ({ params }) => ok({ items: await listQueues(around, params.sandboxId ?? '') }),
    // The contract has the enumeration.
    listMessages: async (call) => ok(await page(call, (call.query.get('state') ?? 'ready') as ShownState)),
    listDeadLetters: async (call) => ok(await page(call, 'dead')),
    replayDeadLetters: (call) => replay(call),
    replayDeadLetter: (call) => replay(call, call.params.messageId ?? ''),
    discardDeadLetter: async (call) => {
      const { sandboxId = '', queue = '', messageId = '' } = call.params;
      await discardDeadLetter(around, keyOf(call), sandboxId, queue, messageId);
      return { status: 204 };
    },
  };
};
