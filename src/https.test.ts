import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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
