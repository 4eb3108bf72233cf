import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findings, SCREENS } from './axe.ts';
import { runLive } from './console-cases.ts';
import type { Stage } from './stage.ts';

const PATTERN = '/patterns/synchronous-request-response';

/** A command of the console, as it is shown. */
const shown = async (page: Page, title: string): Promise<string> =>
  (await page.getByRole('region', { name: `${title} command for Requester` }).textContent()) ?? '';

const shell = async (folder: string, script: string): Promise<string> =>
  (await promisify(execFile)('sh', ['-ec', script], { cwd: folder })).stdout;

const authentication = async (page: Page, auth: string): Promise<void> => {
  await page.getByLabel('Callers prove who they are by').selectOption(auth);
  await runLive(page);
  await page.getByRole('tab', { name: 'Authentication' }).click();
  await page.getByRole('heading', { name: 'Client of Requester' }).waitFor();
};

const folderFor = (): { path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'fingerpost-auth-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** A client's own address, which keeps what the browser came back with. */
const openClient = async () => {
  const came: URL[] = [];
  const server = createServer((request, response) => {
    came.push(new URL(request.url ?? '/', 'http://client'));
    response.setHeader('content-type', 'text/html').end('<title>Client</title><h1>Signed in</h1>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { came, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/signed-in` };
};

export const authCases = (stage: () => Stage): void => {
  describe('how to authenticate, on the console', () => {
    it('is said with commands that do it: a key, its registration, a token, a call', async () => {
      const { page, complaints } = await stage().open(PATTERN);
      const folder = folderFor();
      try {
        await authentication(page, 'signed-jwt');
        await shell(folder.path, await shown(page, 'Make a key'));
        const keys = page.getByLabel('Public keys, or their address');
        await keys.fill('no keys');
        await page.getByRole('button', { name: 'Register' }).click();
        await page.getByRole('alert').getByText('neither a key set').waitFor();
        await keys.fill(readFileSync(join(folder.path, 'jwks.json'), 'utf8'));
        await page.getByRole('button', { name: 'Register' }).click();
        await page.getByText('test-1', { exact: true }).waitFor();
        const token = await shown(page, 'Get a token');
        await page.getByRole('tab', { name: 'Participants' }).click();
        await page.locator('fp-participant summary').first().click();
        const read = (await page.getByRole('region', { name: 'Read command for Provider' }).textContent()) ?? '';
        expect(read).toContain('Authorization: Bearer $TOKEN');
        expect(await shell(folder.path, `${token}\n${read}`)).toContain('"resourceType":"Patient"');
        await page
          .getByRole('option', { name: /Authorisation server|token/i })
          .first()
          .waitFor();
        expect(complaints).toEqual([]);
      } finally {
        folder.remove();
        await page.context().close();
      }
    });

    it.each(SCREENS)('signs somebody in, at $width px, $colorScheme, with nothing for axe to find', async (screen) => {
      const { width, colorScheme } = screen;
      const options = { viewport: { width, height: 800 }, colorScheme };
      const { page, complaints } = await stage().open(PATTERN, options);
      const [folder, client] = [folderFor(), await openClient()];
      try {
        await authentication(page, 'user-restricted');
        await page.getByLabel('Redirect URIs, one a line').fill(client.url);
        await page.getByRole('button', { name: 'Register' }).click();
        await page.getByText('Registered.').waitFor();
        await page
          .getByRole('region', { name: /^Where to send/ })
          .getByText(encodeURIComponent(client.url))
          .waitFor();
        expect(await findings(page), 'the console').toEqual([]);
        const begin = `${await shown(page, 'Where to send the browser')}\necho "$VERIFIER" > verifier`;
        const redeem = await shown(page, 'Redeem the code');
        await page.goto((await shell(folder.path, begin)).trim());
        expect(await page.title()).toBe('Choose who signs in');
        expect(await findings(page), 'the choice').toEqual([]);
        await page.getByRole('button', { name: 'Sign in and continue' }).click();
        await page.getByRole('alert').waitFor();
        expect(await findings(page), 'no choice').toEqual([]);
        await page.getByLabel('Dr Asha Verma').check();
        await page.getByRole('button', { name: 'Sign in and continue' }).click();
        await page.getByRole('heading', { name: 'Signed in' }).waitFor();
        const code = client.came[0]?.searchParams.get('code') ?? '';
        writeFileSync(join(folder.path, 'code'), code);
        const script = redeem.replace(/^CODE=.*$/m, 'CODE=$(cat code); VERIFIER=$(cat verifier)');
        expect(await shell(folder.path, script)).toContain('"refresh_count":"0"');
        expect(complaints).toEqual([]);
      } finally {
        folder.remove();
        client.server.close();
        await page.context().close();
      }
    });
  });
};
