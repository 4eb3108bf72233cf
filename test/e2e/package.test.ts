import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Node 24 first in the path, as on a machine where it is what `node` means. */
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  npm_config_loglevel: 'error',
  npm_config_fund: 'false',
  npm_config_audit: 'false',
};

describe('the published package', () => {
  it('runs in an empty project: decides, serves and checks', { timeout: 180_000 }, async () => {
    await run('npm', ['pack', '--pack-destination', folder.path], { cwd: root, env });
    const tarball = readdirSync(folder.path).find((name) => name.endsWith('.tgz'));
    writeFileSync(join(folder.path, 'package.json'), '{ "name": "empty-project", "private": true }');
    await run('npm', ['install', '--no-save', `./${tarball}`], { cwd: folder.path, env });
    const npx = (...args: string[]) => run('npx', ['--no-install', 'fingerpost', ...args], { cwd: folder.path, env });

    expect((await npx('--version')).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    const decided = await npx('decide', '--answers', 'Q1=yes,Q2=yes,Q3=yes', '--json');
    expect(JSON.parse(decided.stdout)).toMatchObject({ outcome: { pattern: 'synchronous-request-response' } });

    // The same project as from the sources, tests included.
    const taken = join(folder.path, 'taken');
    await npx('scaffold', 'shared-repository', '--dir', taken);
    const here = join(folder.path, 'here');
    await run('node', ['start.mjs', 'scaffold', 'shared-repository', '--dir', here], { cwd: root, env });
    expect(readFileSync(join(taken, '.fingerpost.yaml'), 'utf8')).toBe(
      readFileSync(join(here, '.fingerpost.yaml'), 'utf8'),
    );

    const child = spawn('npx', ['--no-install', 'fingerpost', 'serve'], {
      cwd: folder.path,
      env: { ...env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          const found = /ready on (http\S+)/.exec(chunk.toString())?.[1];
          if (found !== undefined) resolve(found);
        });
        child.once('exit', (code) => reject(new Error(`fingerpost serve stopped with ${code}`)));
      });
      const page = await fetch(url);
      expect(await page.text()).toContain('Fingerpost');
      const created = await fetch(`${url}/api/sandboxes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ pattern: 'synchronous-request-response' }),
      });
      expect(created.status).toBe(201);
      const { id } = await json<{ id: string }>(created);
      const report = await npx(
        'conform',
        '--pattern',
        'synchronous-request-response',
        '--target',
        `${url}/sandboxes/${id}/FHIR/R4`,
        '--consent-to-write',
        '--format',
        'json',
      );
      expect(JSON.parse(report.stdout)).toMatchObject({ exitCode: 0, counts: { fail: 0, error: 0 } });
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    }
  });
});
