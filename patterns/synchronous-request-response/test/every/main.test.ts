import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testStore } from '../../../../sandbox/sql/store.test-data.ts';
import { call } from '../served.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rrs-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts the pattern, gives `use` the base URL of each dialect, and stops it; resolves to the exit code. */
const run = async (use: (bases: ReadonlyMap<string, string>) => Promise<void>): Promise<number | null> => {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, PORT: '0', STORE_URL: await testStore(join(folder, 'store.db')) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const bases = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ready')) break;
    // Beneath a dialect stand its other addresses.
    if (line.startsWith(' ')) continue;
    const [dialect = '', base = ''] = line.split(': ');
    bases.set(dialect, base);
  }
  const exited = once(child, 'exit');
  try {
    await use(bases);
  } finally {
    child.kill('SIGTERM');
  }
  return (await exited)[0];
};

describe('the pattern on its own', () => {
  it('serves both dialects, keeps what was changed over a restart, and ends with 0', async () => {
    const headers = { 'x-request-id': '60e0b220-8136-4ca5-ae46-1d97ef59d068' };
    const first = await run(async (bases) => {
      expect([...bases.keys()]).toEqual(['fhir-r4', 'pds']);
      expect((await call(`${bases.get('fhir-r4')}/Patient/9000000009`)).status).toBe(200);
      const changed = await call(`${bases.get('pds')}/Patient/9000000009`, {
        method: 'PATCH',
        headers: { ...headers, 'if-match': 'W/"2"', 'content-type': 'application/json-patch+json' },
        body: { patches: [{ op: 'replace', path: '/gender', value: 'unknown' }] },
      });
      expect(changed.status).toBe(200);
    });
    expect(first).toBe(0);
    const second = await run(async (bases) => {
      const kept = await call(`${bases.get('pds')}/Patient/9000000009`, { headers });
      expect(kept).toMatchObject({ status: 200, body: { gender: 'unknown', meta: { versionId: '3' } } });
    });
    expect(second).toBe(0);
  });
});
