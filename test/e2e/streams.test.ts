import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import type { RunningService } from '../../src/main.ts';
import { type Box, type Endpoint, makeBox, serve } from './outside-harness.test-data.ts';
import { temporaryFolder } from './running-service.ts';

const folder = temporaryFolder();
let service: RunningService;
beforeAll(async () => {
  service = await serve({ STORE_URL: await testStore(join(folder.path, 'streams.db')) });
});
afterAll(async () => {
  await service.close();
  folder.remove();
});

type Shown = Endpoint & { readonly credential?: string };

const streamsOf = async (box: Box): Promise<readonly Shown[]> => {
  const { body } = await box.api<{ endpoints: readonly Shown[] }>('GET', `/api/sandboxes/${box.id}`, { key: box.key });
  return body.endpoints.filter(({ protocol }) => protocol === 'sse' || protocol === 'ws');
};

/** As web/sandbox/commands.ts has them. */
const commandFor = ({ protocol, url = '', credential = '' }: Shown): string =>
  protocol === 'sse'
    ? `curl -N -H 'Authorization: Bearer ${credential}' ${url}`
    : `node -e 'new WebSocket("${url}", {"headers":{"Authorization":"Bearer ${credential}"}}).onmessage = ({ data }) => console.log(data)'`;

/** Runs a command, until it has printed something of an event. */
const printed = async (text: string): Promise<string> => {
  const child = spawn('sh', ['-c', text], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  for await (const chunk of child.stdout) {
    out += String(chunk);
    if (out.includes('notification-event')) break;
  }
  if (child.pid !== undefined) process.kill(-child.pid);
  return out;
};

/** Events before the handshake are nobody's: it is asked for until it has been. */
const active = async (box: Box, subscription: string): Promise<void> => {
  const url = `${service.url}/sandboxes/${box.id}/broker/FHIR/R4/Subscription/${subscription}`;
  for (let status = ''; status !== 'active'; ) {
    const reply = await fetch(url);
    expect(reply.status).toBe(200);
    ({ status } = (await reply.json()) as { status: string });
  }
};

describe('what can be followed', () => {
  it('is an endpoint with its URL and credential, and the commands of the page follow it', async () => {
    const box = await makeBox(service.url, {}, 'publish-subscribe');
    expect(await streamsOf(box)).toMatchObject([
      {
        protocol: 'ws',
        url: expect.stringMatching(/^ws:.*\/broker\/websocket$/),
        note: expect.stringContaining('bind'),
      },
      { protocol: 'sse', note: expect.stringContaining('Nobody has subscribed yet') },
      { protocol: 'ws', note: expect.stringContaining('Nobody has subscribed yet') },
    ]);
    const { subscription } = await box.act('subscriber', 'subscribe');
    await active(box, String(subscription));
    await box.act('publisher', 'change-address', { patient: '9000000009' });
    const [, ...streams] = await streamsOf(box);
    const address = `${service.url}/sandboxes/${box.id}/broker/subscriptions/${String(subscription)}/stream`;
    expect(streams.map(({ url }) => url)).toEqual([address, address.replace('http:', 'ws:')]);
    expect(streams.map(({ credential }) => credential?.startsWith('fp_'))).toEqual([true, true]);
    for (const endpoint of streams) expect(await printed(commandFor(endpoint))).toContain('Patient/9000000009');
    const reply = await fetch(address, { headers: { authorization: `Bearer ${streams[0]?.credential}` } });
    expect(reply.status).toBe(200);
    await reply.body?.cancel();
  });

  it('is not offered where MNS is spoken, which has no such thing', async () => {
    const box = await makeBox(service.url, {}, 'publish-subscribe', 'mns');
    await box.act('subscriber', 'subscribe-to-events');
    expect(await streamsOf(box)).toEqual([]);
  });
});
