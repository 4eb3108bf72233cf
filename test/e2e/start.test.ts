import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { testEnvironment } from '../../sandbox/engines.test-data.ts';
import { temporaryFolder } from './running-service.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const start = fileURLToPath(new URL('../../start.mjs', import.meta.url));

describe('start.mjs', () => {
  it('ends the service when the process that found the right Node for it is gone', async () => {
    const env = { ...process.env, PORT: '0', ...(await testEnvironment(`${folder.path}/fp.db`)) };
    const child = spawn(process.execPath, [start, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    await once(child.stdout ?? child, 'data');
    child.disconnect();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });
});
