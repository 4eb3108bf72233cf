import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { signIn } from '../sandbox/auth/openid/sign-in.test-data.ts';
import { BACK, CLINICIAN } from '../sandbox/auth/openid/users.test-data.ts';
import { describeBroken } from '../sandbox/conformance/broken.ts';
import { type Made, startEcho } from './api/test/echo-service.ts';

// Node makes keys, but no certificates.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const folder = mkdtempSync(join(tmpdir(), 'fingerpost-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const cert = join(folder, 'cert.pem');
const key = join(folder, 'key.pem');

const makeCertificate = (): void => {
  const subject = ['-subj', '/CN=fingerpost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const made = ['req', '-x509', ...curve, '-nodes', '-days', '2', ...subject, '-keyout', key, '-out', cert];
  const { status, stderr } = spawnSync('openssl', made, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const ask = (url: string, options: RequestOptions = {}, body = ''): Promise<Got> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { ca: readFileSync(cert), agent: false, ...options }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, text }));
    });
    outgoing.on('error', reject).end(body);
  });

/** `ask` as fetch has it. */
const send = async (url: string, { method = 'GET', headers, body }: RequestInit = {}): Promise<Response> => {
  const form = body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  const given = { ...form, ...Object.fromEntries(new Headers(headers)) };
  const got = await ask(url, { method, headers: given }, body === undefined ? '' : String(body));
  const told = new Headers();
  for (const [name, value] of Object.entries(got.headers))
    for (const one of [value].flat()) told.append(name, String(one));
  return new Response(got.text, { status: got.status ?? 0, headers: told });
};

interface MadeForUsers extends Made {
  readonly authentication: { readonly clients: readonly { readonly clientId: string; readonly secret: string }[] };
}

describe.runIf(hasOpenssl)('signing in over HTTPS', () => {
  it('leads by code and PKCE to a token that opens the sandbox, with cookies that go over nothing else', async () => {
    makeCertificate();
    const service = await startEcho({ tls: { cert, key } });
    try {
      const auth = { mode: 'user-restricted', clients: { asker: { redirectUris: [BACK] } } };
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ pattern: 'echo', auth });
      const created = await send(`${service.url}/api/sandboxes`, { method: 'POST', headers, body });
      const made: MadeForUsers = JSON.parse(await created.text());
      const [{ clientId, secret } = { clientId: '', secret: '' }] = made.authentication.clients;
      const issuer = `${service.url}/sandboxes/${made.id}/oauth2`;
      const cookies: string[] = [];
      const keeping: typeof send = async (url, init) => {
        const reply = await send(url, init);
        cookies.push(...reply.headers.getSetCookie());
        return reply;
      };
      const { access_token, id_token } = await signIn({ issuer, clientId, secret, user: CLINICIAN, send: keeping });
      expect(JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
        iss: issuer,
        sub: CLINICIAN,
      });
      expect(cookies.length).toBeGreaterThan(0);
      expect(cookies.filter((cookie) => !/; *secure/i.test(cookie))).toEqual([]);
      const record = `${made.endpoints[0]?.url}/Basic/seeded`;
      expect((await send(record)).status).toBe(401);
      expect((await send(record, { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(200);
      const discovered = await send(`${issuer}/.well-known/openid-configuration`);
      const places = Object.entries(JSON.parse(await discovered.text()) as Record<string, unknown>).filter(([name]) =>
        /_endpoint$|_uri$|^issuer$/.test(name),
      );
      expect(places.filter(([, url]) => !String(url).startsWith(issuer))).toEqual([]);
    } finally {
      await service.close();
    }
  });
});

describe('the service with TLS_CERT and TLS_KEY', () => {
  it.runIf(hasOpenssl)('serves HTTPS with that certificate, in what it hands out too, and no plain HTTP', async () => {
    makeCertificate();
    const service = await startEcho({ tls: { cert, key } });
    try {
      expect(service.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      const page = await ask(`${service.url}/healthz`);
      expect(page.status).toBe(200);
      expect(page.headers['strict-transport-security']).toBeDefined();
      const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
      const created = await ask(`${service.url}/api/sandboxes`, post, JSON.stringify({ pattern: 'echo' }));
      expect(created.status).toBe(201);
      const made: Made = JSON.parse(created.text);
      expect(made.endpoints[0]?.url).toContain(`${service.url}/sandboxes/`);
      expect((await ask(`${made.endpoints[0]?.url}/Basic/seeded`)).status).toBe(200);
      await expect(fetch(service.url.replace('https:', 'http:'))).rejects.toThrow();
      await expect(ask(service.url, { ca: [] })).rejects.toThrow(/self.signed/);
      // A run ends with 3 then: nothing of the system was seen.
      expect(describeBroken(await fetch(service.url).catch((error: unknown) => error))).toEqual({
        never: true,
        detail: 'its certificate is self-signed (NODE_EXTRA_CA_CERTS names a file of certificates to trust)',
      });
    } finally {
      await service.close();
    }
  });

  it('does not start with files that hold neither, and names them', async () => {
    const letter = join(folder, 'letter.txt');
    writeFileSync(letter, 'Dear colleague');
    const started = startEcho({ tls: { cert: letter, key: letter } });
    await expect(started).rejects.toThrow(`TLS_CERT ${letter} and TLS_KEY ${letter} cannot be used: `);
  });
});
