import type {
  Context,
  Decision,
  DecisionRequest,
  Engines,
  Evaluation,
  Guide,
  ListOf,
  Pattern,
  PatternSummary,
} from './api-types.ts';
import type { Hl7FromFhir, Hl7ToFhir } from './hl7-types.ts';
import { json, request } from './http.ts';
import type { Report } from './report-types.ts';
import type {
  ClientRequest,
  Clock,
  ClockResult,
  CreatedSandbox,
  Exchange,
  Fault,
  MessageState,
  Mode,
  Queue,
  QueuedMessage,
  Sandbox,
  SandboxRequest,
  Scenario,
  ScenarioRun,
  WorkItem,
} from './sandbox-types.ts';

const part = encodeURIComponent;

export const getGuide = (signal?: AbortSignal): Promise<Guide> =>
  json('/api/guide', signal === undefined ? {} : { signal });

export const evaluate = (answers: Readonly<Record<string, string>>, context: Context): Promise<Evaluation> =>
  json('/api/guide/evaluate', {
    method: 'POST',
    body: Object.keys(context).length === 0 ? { answers } : { answers, context },
  });

export const hl7ToFhir = (content: string): Promise<Hl7ToFhir> =>
  json('/api/hl7/to-fhir', { method: 'POST', text: { type: 'x-application/hl7-v2+er7', content } });
export const hl7FromFhir = (content: string): Promise<Hl7FromFhir> =>
  json('/api/hl7/from-fhir', { method: 'POST', text: { type: 'application/fhir+json', content } });

export const listPatterns = (): Promise<ListOf<PatternSummary>> => json('/api/patterns');
export const getPattern = (id: string): Promise<Pattern> => json(`/api/patterns/${part(id)}`);

export const listEngines = (): Promise<Engines> => json('/api/engines');

export const listDecisions = (
  options: { after?: string; limit?: number; solution?: string } = {},
): Promise<ListOf<Decision>> => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) query.set(name, String(value));
  return json(`/api/decisions${query.size === 0 ? '' : `?${query}`}`);
};
export const getDecision = (id: string): Promise<Decision> => json(`/api/decisions/${part(id)}`);
export const getAdr = async (id: string): Promise<string> =>
  (await request(`/api/decisions/${part(id)}`, { accept: 'text/markdown' })).text();
export const recordDecision = (body: DecisionRequest, key?: string): Promise<Decision> =>
  json('/api/decisions', key === undefined ? { method: 'POST', body } : { method: 'POST', body, key });

export const createSandbox = (body: SandboxRequest, key?: string): Promise<CreatedSandbox> =>
  json('/api/sandboxes', key === undefined ? { method: 'POST', body } : { method: 'POST', body, key });

/** The control calls on one sandbox, with its key. */
export const sandboxApi = (id: string, key: string) => {
  const base = `/api/sandboxes/${part(id)}`;
  const send = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    json(`${base}${path}`, body === undefined ? { method, key } : { method, key, body });
  return {
    get: () => send<Sandbox>('GET', ''),
    remove: async () => {
      await request(base, { method: 'DELETE', key });
    },
    reset: () => send<Sandbox>('POST', '/reset'),
    setParticipant: (
      name: string,
      body: { mode: Mode; url?: string; mllpUrl?: string; credential?: string; queue?: boolean },
    ) => send<unknown>('PUT', `/participants/${part(name)}`, body),
    setClient: (name: string, body: ClientRequest) => send<unknown>('PUT', `/participants/${part(name)}/client`, body),
    act: (participant: string, act: string, input: unknown) =>
      send<{ result: unknown; exchanges: readonly string[] }>(
        'POST',
        `/participants/${part(participant)}/acts/${part(act)}`,
        input,
      ),
    exchanges: (after: string | undefined, limit: number) =>
      send<ListOf<Exchange>>('GET', `/exchanges?limit=${limit}${after === undefined ? '' : `&after=${part(after)}`}`),
    exchange: (exchange: string) => send<Exchange>('GET', `/exchanges/${part(exchange)}`),
    events: (after: string | undefined) =>
      new EventSource(`${base}/events?key=${part(key)}${after === undefined ? '' : `&after=${part(after)}`}`),
    faults: () => send<ListOf<Fault>>('GET', '/faults'),
    setFaults: (items: readonly Fault[]) => send<ListOf<Fault>>('PUT', '/faults', { items }),
    queues: () => send<ListOf<Queue>>('GET', '/queues'),
    messages: (queue: string, state: MessageState) =>
      send<ListOf<QueuedMessage>>('GET', `/queues/${part(queue)}/messages?state=${state}&limit=20`),
    replay: (queue: string, message: string) =>
      send<unknown>('POST', `/queues/${part(queue)}/dead-letters/${part(message)}/replay`, {}),
    replayAll: (queue: string, dropHeaders: readonly string[]) =>
      send<unknown>('POST', `/queues/${part(queue)}/dead-letters/replay`, { dropHeaders }),
    discard: async (queue: string, message: string) => {
      await request(`${base}/queues/${part(queue)}/dead-letters/${part(message)}`, { method: 'DELETE', key });
    },
    setClock: (body: { advance?: string; speed?: number }) =>
      send<ClockResult & Partial<Clock>>('POST', '/clock', body),
    judge: (participant: string) => send<Report>('POST', '/conformance', { participant }),
    worklist: () => send<ListOf<WorkItem>>('GET', '/worklist'),
    scenarios: () => send<ListOf<Scenario>>('GET', '/scenarios'),
    play: (scenario: string, step?: number) =>
      send<ScenarioRun>('POST', `/scenarios/${part(scenario)}`, step === undefined ? {} : { step }),
  };
};

export type SandboxApi = ReturnType<typeof sandboxApi>;
