import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { readConfig } from '../../sandbox/config.ts';
import { compileContract } from '../../sandbox/contract.ts';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import { openCatalogue } from '../../src/catalogue.ts';
import { type RunningService, startService } from '../../src/main.ts';
import { request } from './sandbox-client.ts';

interface Made {
  readonly id: string;
  readonly key: string;
  readonly endpoints: readonly { credential?: string }[];
}

let service: RunningService;
let mine: Made;
let theirs: Made;
const catalogue = await openCatalogue();
const { document } = await catalogue.contract('service');
const ofOneSandbox = (await compileContract(document)).filter(({ path }) => path.includes('{sandboxId}'));

const call = async (path: string, method: string, key?: string, body?: object): Promise<Response> =>
  fetch(`${service.url}${path}`, {
    method,
    headers: {
      accept: 'application/json, */*',
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    signal: AbortSignal.timeout(20_000),
  });

const make = async (): Promise<Made> => {
  const asked = { pattern: 'publish-subscribe', auth: 'bearer' };
  const reply = await call('/api/sandboxes', 'POST', undefined, asked);
  return (await reply.json()) as Made;
};

beforeAll(async () => {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', MLLP_PORTS: 'none', STORE_URL: await testStore() });
  service = await startService(config, { catalogue, people: 0 });
  [mine, theirs] = [await make(), await make()];
});
afterAll(() => service.close());

/** Everything that opens anything of a sandbox. */
const keysOf = ({ key, endpoints }: Made): string[] => [
  ...new Set([key, ...endpoints.flatMap(({ credential }) => credential ?? [])]),
];

describe('what the service offers about one sandbox', () => {
  it.each(ofOneSandbox.map((operation) => [operation.operationId, operation] as const))(
    '%s answers to no key or credential of another',
    async (_id, { path, method, security }) => {
      const at = path.replace('{sandboxId}', theirs.id).replaceAll(/\{[^}]+\}/g, 'broker');
      expect((await call(at, method)).status).toBe(401);
      for (const key of keysOf(mine)) {
        expect([at, (await call(at, method, key)).status]).toEqual([at, 404]);
        if (security.some((one) => 'sandboxKeyQuery' in one))
          expect((await call(`${at}?key=${encodeURIComponent(key)}`, method)).status).toBe(404);
      }
      // What participants prove themselves with opens nothing here, of their own sandbox either.
      for (const key of keysOf(theirs).filter((one) => one !== theirs.key))
        expect((await call(at, method, key)).status).toBe(404);
    },
  );
});

describe('a stream of a sandbox', () => {
  interface Act {
    readonly result: { readonly subscription: string };
  }
  const subscribe = async ({ id, key }: Made): Promise<string> => {
    const path = `/api/sandboxes/${id}/participants/subscriber/acts/subscribe`;
    const { result } = (await request(service.url, 'POST', path, { key, body: {} })).body as Act;
    return `${service.url}/sandboxes/${id}/broker/subscriptions/${result.subscription}/stream`;
  };

  /** By server-sent events, and by WebSocket: the status with which it is answered. */
  const bySse = async (url: string, key: string): Promise<number> => {
    const reply = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
    await reply.body?.cancel();
    return reply.status;
  };
  const byWs = async (url: string, key: string): Promise<number> => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers: { authorization: `Bearer ${key}` } });
    const opened = once(socket, 'open').then(() => 101);
    const refused = once(socket, 'unexpected-response').then(([, reply]) => Number(reply.statusCode));
    opened.catch(() => undefined);
    const status = await Promise.race([opened, refused]);
    socket.on('error', () => undefined).terminate();
    return status;
  };

  it('that is there opens for its own credential, by both protocols, and for none of another', async () => {
    const [own, foreign] = [await subscribe(theirs), await subscribe(mine)];
    const [, ...credentials] = keysOf(theirs);
    const statuses = await Promise.all(credentials.map((key) => bySse(own, key)));
    const good = credentials[statuses.indexOf(200)] ?? '';
    expect([await bySse(own, good), await byWs(own, good)]).toEqual([200, 101]);
    expect([await bySse(foreign, good), await byWs(foreign, good)]).toEqual([401, 401]);
    for (const key of keysOf(mine)) expect([await bySse(own, key), await byWs(own, key)]).toEqual([401, 401]);
  });
});
