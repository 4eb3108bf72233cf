import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { readConfig } from '../../sandbox/config.ts';
import { type CheckedApi, checkedApi } from '../../src/api/test/checked-api.ts';
import { type RunningService, startService } from '../../src/main.ts';

export interface Endpoint {
  readonly participant: string;
  readonly protocol: string;
  readonly url?: string;
  readonly exchange?: string;
  readonly routingKeys?: readonly string[];
  readonly queue?: string;
  readonly note?: string;
}

export interface Shown {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly operation?: string;
  readonly summary?: string;
  readonly note?: string;
  readonly request?: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> };
}

/** A sandbox of information push, and what its owner does with it. */
export interface Box {
  readonly id: string;
  readonly key: string;
  seat(name: string, body: object): Promise<{ status: number; body: unknown }>;
  /** The endpoint by which a participant uses the broker. */
  amqp(participant: string, key?: string): Promise<Endpoint | undefined>;
  act(participant: string, act: string, input?: object): Promise<Readonly<Record<string, unknown>>>;
  /** The journal once something in it is so. */
  journal(until: (one: Shown) => boolean): Promise<readonly Shown[]>;
  readonly api: CheckedApi;
}

/** `now` is the real clock. */
export const serve = (env: Readonly<Record<string, string>>, now = Date.now): Promise<RunningService> => {
  const config = readConfig({ PORT: '0', MLLP_PORTS: 'none', LOG_LEVEL: 'silent', ...env });
  return startService(config, { people: 0, sweepEvery: 100, now });
};

export const boxOf = (api: CheckedApi, id: string, key: string): Box => {
  const path = (rest: string): string => `/api/sandboxes/${id}${rest}`;
  return {
    id,
    key,
    api,
    seat: (name, body) => api('PUT', path(`/participants/${name}`), { key, body }),
    amqp: async (participant, other = key) => {
      const { body } = await api<{ endpoints: readonly Endpoint[] }>('GET', path(''), { key: other });
      return body.endpoints.find((one) => one.protocol === 'amqp' && one.participant === participant);
    },
    act: async (participant, act, input = {}) => {
      const { body } = await api<{ result: Readonly<Record<string, unknown>> }>(
        'POST',
        path(`/participants/${participant}/acts/${act}`),
        { key, body: input },
      );
      return body.result;
    },
    journal: async (until) => {
      for (;;) {
        const { body } = await api<{ items: readonly Shown[] }>('GET', path('/exchanges?limit=500'), { key });
        if (body.items.some(until)) return body.items;
      }
    },
  };
};

export const makeBox = async (
  url: string,
  participants: Readonly<Record<string, object>> = {},
  pattern = 'information-push',
  dialect?: string,
): Promise<Box> => {
  const api = await checkedApi(url);
  const { status, body } = await api<{ id: string; key: string }>('POST', '/api/sandboxes', {
    body: { pattern, participants, ...(dialect === undefined ? {} : { dialect }) },
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return boxOf(api, body.id, body.key);
};

/** Debian's amqp-tools: code that is not ours. */
export const amqpTool = async (
  program: 'amqp-publish' | 'amqp-consume',
  args: readonly string[],
): Promise<{ code: number; out: string; err: string }> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
};

/** Takes so many messages out of a participant's own queue; their bodies, one after the other. */
export const consume = ({ url = '', queue = '' }: Endpoint, count = 1) =>
  amqpTool('amqp-consume', ['-u', url, '-q', queue, '-c', String(count), 'cat']);

/** Publishes to a participant's own exchange. */
export const publish = (
  { url = '', exchange = '' }: Endpoint,
  routingKey: string,
  body: string,
  headers: readonly string[] = [],
) => {
  const named = headers.flatMap((header) => ['-H', header]);
  const type = ['-C', 'application/fhir+json'];
  return amqpTool('amqp-publish', ['-u', url, '-e', exchange, '-r', routingKey, ...type, ...named, '-b', body]);
};
