import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../sandbox/config.ts';
import { type Redis, redisIsMissing, startRedis } from '../test/engines/redis.ts';
import { startService } from './main.ts';

const untilReady = async (url: string, status: number): Promise<unknown> => {
  for (;;) {
    const answer = await fetch(`${url}/readyz`);
    const body: unknown = await answer.json();
    if (answer.status === status) return body;
  }
};

describe.skipIf(redisIsMissing())('a service whose broker is down', () => {
  let server: Redis;
  afterAll(() => server.remove());

  it('starts, says on /readyz which part is missing, accepts, and is ready once the broker is back', async () => {
    server = await startRedis();
    await server.stop();
    const logged: object[] = [];
    const log = { error: () => undefined, warn: (fields: object) => logged.push(fields) };
    const config = readConfig({ PORT: '0', STORE_URL: 'sqlite::memory:', BROKER_URL: server.url });
    const service = await startService(config, { log });
    const down = { status: 'not ready', checks: { store: 'ok', broker: 'does not answer' } };
    expect(await untilReady(service.url, 503)).toEqual(down);
    const made = await fetch(`${service.url}/api/sandboxes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pattern: 'synchronous-request-response' }),
    });
    expect(made.status).toBe(201);
    await server.start();
    const up = { status: 'ready', checks: { store: 'ok', broker: 'ok' } };
    expect(await untilReady(service.url, 200)).toEqual(up);
    expect(JSON.stringify(logged)).toContain('ECONNREFUSED');
    expect(JSON.stringify(logged)).not.toContain('guest');
    await service.close();
  });
});
