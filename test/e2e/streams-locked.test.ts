import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { signIn } from '../../sandbox/auth/openid/sign-in.test-data.ts';
import { BACK, CLINICIAN } from '../../sandbox/auth/openid/users.test-data.ts';
import { ASSERTION_TYPE, newSupplier, post, type Supplier, sign } from '../../sandbox/auth/supplier.test-data.ts';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import { type CheckedApi, checkedApi } from '../../src/api/test/checked-api.ts';
import type { RunningService } from '../../src/main.ts';
import { type Box, boxOf, serve } from './outside-harness.test-data.ts';
import { temporaryFolder } from './running-service.ts';

const folder = temporaryFolder();
let service: RunningService;
let api: CheckedApi;
let supplier: Supplier;
let later = 0;
beforeAll(async () => {
  const env = { STORE_URL: await testStore(join(folder.path, 'locked.db')) };
  service = await serve(env, () => Date.now() + later);
  api = await checkedApi(service.url);
  supplier = await newSupplier('k1');
});
afterAll(async () => {
  await service.close();
  folder.remove();
});

interface Shown {
  readonly id: string;
  readonly key: string;
  readonly authentication: { readonly clients: readonly { participant: string; clientId: string; secret: string }[] };
}

/** A sandbox whose subscriber's client is registered so, and where that has subscribed. */
const open = async (mode: string, client: object) => {
  const auth = { mode, clients: { subscriber: client } };
  const { body } = await api<Shown>('POST', '/api/sandboxes', { body: { pattern: 'publish-subscribe', auth } });
  const box = boxOf(api, body.id, body.key);
  const { subscription } = await box.act('subscriber', 'subscribe');
  const base = `${service.url}/sandboxes/${box.id}`;
  const { clientId = '', secret = '' } =
    body.authentication.clients.find(({ participant }) => participant === 'subscriber') ?? {};
  const stream = `${base}/broker/subscriptions/${String(subscription)}/stream?from=now`;
  return { box, issuer: `${base}/oauth2`, clientId, secret, stream };
};

const tokenOf = async (at: { issuer: string; clientId: string }, more: Readonly<Record<string, string>> = {}) => {
  const tokenUrl = `${at.issuer}/token`;
  const client_assertion = await sign(supplier, { clientId: at.clientId, tokenUrl, now: Date.now() + later });
  const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion, ...more };
  const { access_token }: { access_token: string } = JSON.parse(await (await post(tokenUrl, form)).text());
  return access_token;
};

/** All that a stream says until it ends by itself, as server-sent events and by WebSocket; resolves once both are open. */
const followBoth = async (stream: string, token: string) => {
  const headers = { authorization: `Bearer ${token}` };
  const reply = await fetch(stream, { headers });
  expect(reply.status).toBe(200);
  const socket = new WebSocket(stream.replace('http', 'ws'), { headers });
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(String(data)));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return async () => ({ sse: await reply.text(), code: (await closed)[0], messages });
};

const change = (box: Box) => box.act('publisher', 'change-address', { patient: '9000000009' });
const opened = (stream: string, token: string) =>
  fetch(stream, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);
const lockedOut = (words: string) => ({
  sse: expect.stringMatching(new RegExp(`event: unauthenticated\ndata: .*${words}`)),
  code: 3000,
  messages: [expect.stringContaining(words)],
});

describe('whoever follows a stream with a token', () => {
  it('is told that it has expired, and gets nothing of what happens after that', async () => {
    const at = await open('signed-jwt', { jwks: { keys: [supplier.publicKey] } });
    const token = await tokenOf(at);
    const all = await followBoth(at.stream, token);
    later += 600_000;
    await change(at.box);
    const seen = await all();
    expect(seen).toEqual(lockedOut('Access Token expired'));
    expect(JSON.stringify(seen)).not.toContain('notification');
    expect(await opened(at.stream, token)).toBe(401);
  });

  it('is told so when the time is up, though nothing happens', async () => {
    const at = await open('signed-jwt', { jwks: { keys: [supplier.publicKey] } });
    const all = await followBoth(at.stream, await tokenOf(at, { _access_token_expiry_ms: '1500' }));
    expect(await all()).toEqual(lockedOut('Access Token expired'));
  });

  it('is put out when the token is revoked', async () => {
    const at = await open('user-restricted', { redirectUris: [BACK] });
    const { access_token } = await signIn({ ...at, user: CLINICIAN });
    const all = await followBoth(at.stream, access_token);
    const client = { client_id: at.clientId, client_secret: at.secret };
    expect((await post(`${at.issuer}/revoke`, { ...client, token: access_token })).status).toBe(200);
    await change(at.box);
    const seen = await all();
    expect(seen).toEqual(lockedOut('Invalid Access Token'));
    expect(JSON.stringify(seen)).not.toContain('notification');
  });
});
