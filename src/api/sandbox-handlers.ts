import type { NewFault } from '../../sandbox/faults.ts';
import { BAD_REQUEST, NOT_FOUND, problem, UNAUTHENTICATED } from '../../sandbox/problem.ts';
import { runAct } from '../sandboxes/acts.ts';
import { type ClientRequest, setClient } from '../sandboxes/clients.ts';
import { type ClockRequest, setClock } from '../sandboxes/clock.ts';
import { createSandbox, type SandboxRequest } from '../sandboxes/create.ts';
import { describeSandbox } from '../sandboxes/description.ts';
import { type AccessKey, createKey, listKeys, type NewKey } from '../sandboxes/keys.ts';
import { listLessons, playLesson } from '../sandboxes/lessons.ts';
import { setParticipant } from '../sandboxes/participants.ts';
import { deleteSandbox, resetSandbox } from '../sandboxes/reset.ts';
import type { SeatRequest } from '../sandboxes/seat.ts';
import { streamEvents } from '../sandboxes/stream.ts';
import type { Surroundings } from '../sandboxes/surroundings.ts';
import { listFaults, setFaults } from '../sandboxes/switch-faults.ts';
import { openSandbox, sandboxView } from '../sandboxes/view.ts';
import { readWorklist } from '../sandboxes/worklist.ts';
import { created, ok, type ServiceCall, type ServiceHandlers } from './call.ts';
import { cursorOf } from './cursor.ts';

const HEARTBEAT = 15_000;

/** The guard has seen to it; said again so that no handler can run without. */
const keyOf = ({ key }: ServiceCall): AccessKey => {
  if (key === undefined) throw problem(UNAUTHENTICATED, 'This needs a key of the sandbox');
  return key;
};

const idOf = ({ params }: ServiceCall): string => params.sandboxId ?? '';

const keyView = ({ id, label, scope, participant, createdReal }: AccessKey) => ({
  id,
  label,
  scope,
  ...(participant === undefined ? {} : { participant }),
  createdAt: new Date(createdReal).toISOString(),
});

export interface SandboxOptions {
  readonly around: Surroundings;
  /** Whether a decision with this id was recorded. */
  decisionExists(id: string): Promise<boolean>;
}

/** Making, showing and changing sandboxes; bodies have met the contract's schema. */
export const sandboxHandlers = ({ around, decisionExists }: SandboxOptions): ServiceHandlers => {
  const { host } = around;
  const view = (call: ServiceCall) => sandboxView(around, idOf(call), keyOf(call).scope === 'control');
  return {
    createSandbox: async ({ body }) => {
      const request = body as SandboxRequest;
      if (request.decision !== undefined && !(await decisionExists(request.decision)))
        throw problem(BAD_REQUEST, 'There is no decision with this id', { at: '/decision' });
      const { id, key } = await createSandbox(around, request);
      return created(`/api/sandboxes/${id}`, { ...(await sandboxView(around, id, true)), key });
    },
    getSandbox: async (call) => ok(await view(call)),
    describeSandbox: async (call) => ok(await describeSandbox(around, idOf(call), call.query.get('participant'))),
    deleteSandbox: async (call) => {
      await deleteSandbox(around, idOf(call));
      return { status: 204 };
    },
    resetSandbox: async (call) => {
      await resetSandbox(around, idOf(call));
      return ok(await view(call));
    },

    listKeys: async (call) => ok({ items: (await listKeys(host.sql, idOf(call))).map(keyView) }),
    createKey: async (call) => {
      const { key, secret } = await createKey(host.sql, idOf(call), call.body as NewKey, host.now());
      return created(`/api/sandboxes/${idOf(call)}/keys`, { ...keyView(key), key: secret });
    },

    setParticipant: async (call) =>
      ok(
        await setParticipant(around, keyOf(call), idOf(call), call.params.participant ?? '', call.body as SeatRequest),
      ),
    setClient: async (call) => {
      const key = keyOf(call);
      const { participant = '' } = call.params;
      const shown = key.scope === 'control';
      return ok(await setClient(around, key, idOf(call), participant, call.body as ClientRequest, shown));
    },
    act: async (call) => {
      const { participant = '', act = '' } = call.params;
      const input = (call.body ?? {}) as Readonly<Record<string, unknown>>;
      return ok(await runAct(around, keyOf(call), { sandbox: idOf(call), participant, act, input }));
    },

    getFaults: async (call) => ok({ items: await listFaults(around, idOf(call)) }),
    setFaults: async (call) => {
      const { items } = call.body as { items: readonly NewFault[] };
      return ok({ items: await setFaults(around, keyOf(call), idOf(call), items) });
    },
  };
};

/** Its clock, its lessons, and what waits for people. */
export const lessonHandlers = (around: Surroundings): ServiceHandlers => ({
  setClock: async (call) => ok(await setClock(around, keyOf(call), idOf(call), call.body as ClockRequest)),
  readWorklist: async (call) => ok(await readWorklist(around, idOf(call))),
  listScenarios: async (call) => ok({ items: await listLessons(around, idOf(call)) }),
  playScenario: async (call) => {
    const { step } = (call.body ?? {}) as { step?: number };
    return ok(await playLesson(around, keyOf(call), idOf(call), call.params.scenario ?? '', step));
  },
});

/** The journal of a sandbox: a page, one exchange, or all of it as it comes. */
export const journalHandlers = ({ host, signals }: Surroundings): ServiceHandlers => ({
  listExchanges: async (call) => {
    const { row } = await openSandbox(host, idOf(call));
    const after = cursorOf(call.query.get('after') ?? undefined, 'after');
    return ok(await host.journal.page(row, after, Number(call.query.get('limit') ?? 100)));
  },
  getExchange: async (call) => {
    const { row } = await openSandbox(host, idOf(call));
    const found = await host.journal.get(row, call.params.exchangeId ?? '');
    if (found === undefined) throw problem(NOT_FOUND, 'There is no exchange with this id');
    return ok(found);
  },
  streamEvents: async (call) => {
    const resumed = call.headers['last-event-id'];
    const after =
      resumed === undefined
        ? cursorOf(call.query.get('after') ?? undefined, 'after')
        : cursorOf(resumed, 'Last-Event-ID');
    const body = streamEvents({
      sql: host.sql,
      journal: host.journal,
      signals,
      sandbox: idOf(call),
      after,
      signal: call.gone,
      now: () => host.now(),
      heartbeat: HEARTBEAT,
    });
    return { status: 200, body };
  },
});
