import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasBrokerDriver, openBroker } from './open.ts';

describe('opening BROKER_URL', () => {
  it.each([
    ['kafka://me:s3cret@host', 'There is no broker driver "kafka:" (BROKER_URL)'],
    ['port:', 'There is no broker driver "port:"'],
    ['../sql/sqlite:', 'There is no broker driver'],
    ['nowhere', 'BROKER_URL has no scheme'],
    ['local:elsewhere', 'the embedded broker has no address; write local:'],
  ])('refuses %s with the reason, and no password', async (url, reason) => {
    const refused = await openBroker(url).catch((error: unknown) => error);
    expect(refused).toMatchObject({ trouble: 'misuse', message: expect.stringContaining(reason) });
    expect(String(refused)).not.toContain('s3cret');
  });

  it('takes the scheme in any case, and that of TLS for the same driver', async () => {
    await (await openBroker('LOCAL:')).close();
    for (const scheme of ['local', 'amqp', 'amqps', 'redis', 'rediss']) expect(hasBrokerDriver(scheme)).toBe(true);
    expect(hasBrokerDriver('kafka')).toBe(false);
  });

  it('does not call a driver missing whose package is: it names the package', () => {
    const bare = mkdtempSync(join(tmpdir(), 'fingerpost-test-'));
    cpSync(fileURLToPath(new URL('.', import.meta.url)), join(bare, 'broker'), { recursive: true });
    const program = `
      import { openBroker } from './broker/open.ts';
      await openBroker('amqps://me:s3cret@127.0.0.1').catch((error) => console.log(error.trouble, error.message));`;
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: bare,
      encoding: 'utf8',
    });
    rmSync(bare, { recursive: true });
    expect(child.stdout.trim()).toBe(
      'misuse The broker driver for "amqps:" (BROKER_URL) needs the package amqplib, which is not installed',
    );
  });
});
