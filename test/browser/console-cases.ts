import { execFileSync, spawnSync } from 'node:child_process';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Stage } from './stage.ts';

/** From the pattern's page into a sandbox of its own. */
export const runLive = async (page: Page, dialect = 'fhir-r4'): Promise<string> => {
  await page.getByLabel('Dialect').selectOption(dialect);
  await page.getByRole('button', { name: 'Run it live' }).click();
  await page.getByRole('heading', { name: 'Live sequence' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
};

const PATTERN = '/patterns/synchronous-request-response';

/** Whether all of it is in the part of its pane that is seen. */
const inView = (item: Locator): Promise<boolean> =>
  item.evaluate((shown) => {
    const pane = shown.closest('.fp-pane__body')?.getBoundingClientRect();
    const { top, bottom } = shown.getBoundingClientRect();
    return pane !== undefined && top >= pane.top && bottom <= pane.bottom + 1;
  });

const endpointOf = async (page: Page): Promise<string> => {
  const provider = page.getByRole('region', { name: 'Provider', exact: true });
  return ((await provider.locator('code').first().textContent()) ?? '').trim();
};

export const consoleCases = (stage: () => Stage): void => {
  describe('the console of a sandbox', () => {
    it('shows an exchange within a second, with both messages, and says nothing of the key in the address', async () => {
      const { page, complaints } = await stage().open(PATTERN);
      await runLive(page);
      expect(page.url()).not.toContain('key');
      const url = await endpointOf(page);
      await fetch(`${url}/Patient/9000000009`, { headers: { accept: 'application/fhir+json' } });
      const row = page.getByRole('option', { name: /GET Patient\/9000000009/ });
      await row.waitFor({ timeout: 1000 });
      await row.click();
      await page.getByRole('region', { name: 'Reply body' }).waitFor();
      expect(await page.getByRole('region', { name: 'Reply body' }).textContent()).toContain(
        '"resourceType": "Patient"',
      );
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it('tells a simulated participant to act, and opens what came of it', async () => {
      const { page } = await stage().open(PATTERN);
      await runLive(page);
      const requester = page.getByRole('region', { name: 'Requester', exact: true });
      await requester.locator('fp-act-form summary').first().click();
      await requester.getByRole('button', { name: /^Send/ }).first().click();
      await requester.getByText(/^Done/).waitFor();
      await page.getByRole('region', { name: 'Request', exact: true }).waitFor();
      await page.context().close();
    });

    it('opens with the key from a shared link, and keeps it out of the address bar', async () => {
      const { page } = await stage().open(PATTERN);
      const id = await runLive(page);
      const key = await page.evaluate(`localStorage.getItem('fingerpost.sandbox.${id}')`);
      const other = await stage().open(`/sandboxes/${id}`);
      await other.page.getByRole('heading', { name: 'This sandbox needs its key' }).waitFor();
      const shared = await stage().open(`/sandboxes/${id}#key=${key}`);
      await shared.page.getByRole('heading', { name: 'Live sequence' }).waitFor();
      expect(shared.page.url()).toBe(`${stage().url}/sandboxes/${id}`);
      for (const one of [page, other.page, shared.page]) await one.context().close();
    });

    it('plays a lesson step by step and to its end', async () => {
      const { page } = await stage().open(PATTERN);
      await runLive(page);
      await page.getByRole('tab', { name: 'Lessons' }).click();
      await page.locator('.fp-lessons button').first().click();
      // Never at the top of the page, where a button that is gone would leave whoever uses the keyboard.
      await page.locator('#lesson:focus').waitFor();
      await page.getByRole('button', { name: 'First step' }).click();
      await page.getByText(/^Played 1 of/).waitFor();
      await page.getByRole('button', { name: 'Play all' }).click();
      await page.locator('.fp-said:focus', { hasText: 'The lesson is finished' }).waitFor();
      await expect.poll(() => inView(page.locator('.fp-lesson li').last())).toBe(true);
      expect(await page.getByText('Not as expected').count()).toBe(0);
      const kept = await page.getByText('As expected', { exact: true }).count();
      expect(kept).toBeGreaterThan(1);
      await page.getByRole('tab', { name: 'Clock' }).click();
      await page.getByRole('tab', { name: 'Lessons' }).click();
      await page.getByRole('button', { name: 'Play again from the start' }).waitFor();
      expect(await page.getByText('As expected', { exact: true }).count()).toBe(kept);
      await page.getByRole('button', { name: 'All lessons' }).click();
      await page.locator('.fp-lessons button:focus').waitFor();
      await page.context().close();
    });

    it('switches a fault on, sees it strike, and switches it off', async () => {
      const { page } = await stage().open(PATTERN);
      await runLive(page);
      const url = await endpointOf(page);
      await page.getByRole('tab', { name: 'Faults' }).click();
      await page.getByLabel('How', { exact: true }).selectOption('status');
      await page.getByLabel('Status').fill('503');
      await page.getByRole('button', { name: 'Switch on' }).click();
      await page.getByText('Fault switched on').waitFor();
      expect((await fetch(`${url}/Patient/9000000009`)).status).toBe(503);
      await page.getByRole('option', { name: /503/ }).waitFor();
      const shown = await page.locator('.fp-journal__fault').evaluate((name) => {
        const { bottom } = name.getBoundingClientRect();
        const row = name.closest('[role=option]')?.getBoundingClientRect();
        return name.scrollHeight <= name.clientHeight + 1 && row !== undefined && bottom <= row.bottom;
      });
      expect(shown).toBe(true);
      await page.getByRole('button', { name: /^Switch off/ }).click();
      await page.getByText('No fault is switched on').waitFor();
      await page.locator('h3:focus', { hasText: 'Faults' }).waitFor();
      expect((await fetch(`${url}/Patient/9000000009`)).status).toBe(200);
      await page.context().close();
    });

    it('moves the clock', async () => {
      const { page } = await stage().open(PATTERN);
      await runLive(page);
      await page.getByRole('tab', { name: 'Clock' }).click();
      const shown = async (): Promise<number> =>
        Date.parse((await page.locator('.fp-clock time').getAttribute('datetime')) ?? '');
      const before = await shown();
      await page.getByRole('button', { name: '+ 5 days' }).click();
      await page.getByText(/^Advanced by P5D/).waitFor();
      await expect.poll(shown).toBeGreaterThanOrEqual(before + 5 * 86_400_000);
      await page.context().close();
    });

    it('shows the clock where a lesson has left it', async () => {
      const { page } = await stage().open(PATTERN);
      await runLive(page);
      const started = Date.now();
      await page.getByRole('tab', { name: 'Lessons' }).click();
      await page.getByRole('button', { name: 'The provider is away' }).click();
      await page.getByRole('button', { name: 'Play all' }).click();
      await page.getByText('The lesson is finished').waitFor();
      await page.getByRole('tab', { name: 'Clock' }).click();
      const shown = async (): Promise<number> =>
        Date.parse((await page.locator('.fp-clock time').getAttribute('datetime')) ?? '');
      await expect.poll(shown).toBeGreaterThanOrEqual(started + 29_000);
      await page.context().close();
    });

    it.skipIf(spawnSync('curl', ['--version']).status !== 0).each(['fhir-r4', 'pds'])(
      'has commands for %s that work as they are copied, twice (needs curl)',
      async (dialect) => {
        const { page } = await stage().open(PATTERN);
        await runLive(page, dialect);
        // Another list is for MLLP, where the service got ports for it.
        await page.getByText('Commands to try on Provider, FHIR R4').click();
        const commands = await page.getByRole('region', { name: / command for Provider$/ }).allTextContents();
        expect(commands).toHaveLength(3);
        const answers = [...commands, ...commands].map((text) => {
          const answer: unknown = JSON.parse(execFileSync('sh', ['-c', text], { encoding: 'utf8' }));
          return answer;
        });
        const once = [{ id: '9000000009' }, { entry: expect.anything() }, { id: '9000000009', gender: 'unknown' }];
        expect(answers).toMatchObject([...once, ...once]);
        await page.context().close();
      },
    );

    it('takes a seat, and gives it back', async () => {
      const { page } = await stage().open(PATTERN);
      await runLive(page);
      const provider = page.getByRole('region', { name: 'Provider', exact: true });
      await provider.getByRole('radio', { name: 'External' }).check();
      await provider.getByLabel('URL of your system (optional)').fill('http://127.0.0.1:9/FHIR/R4');
      await provider.getByRole('button', { name: 'Apply to Provider' }).click();
      await provider.getByText('external', { exact: true }).waitFor();
      await provider.getByRole('radio', { name: 'Simulated' }).check();
      await provider.getByRole('button', { name: 'Apply to Provider' }).click();
      await provider.getByText('simulated', { exact: true }).waitFor();
      await page.context().close();
    });

    it('shows what is changed elsewhere: a seat, a fault, a reset, and the end', async () => {
      const { page } = await stage().open(PATTERN);
      const id = await runLive(page);
      const key = String(await page.evaluate(`localStorage.getItem('fingerpost.sandbox.${id}')`));
      const elsewhere = (method: string, path: string, body?: unknown): Promise<Response> =>
        fetch(`${stage().url}/api/sandboxes/${id}${path}`, {
          method,
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const provider = page.getByRole('region', { name: 'Provider', exact: true });
      await elsewhere('POST', '/clock', { advance: 'P5D' });
      await page.getByRole('option', { name: /^\d+ \w+ .* clock advanced/ }).waitFor();
      await elsewhere('PUT', '/participants/provider', { mode: 'stopped' });
      await provider.getByText('stopped', { exact: true }).waitFor();
      await page.getByRole('tab', { name: 'Faults' }).click();
      await page.getByText('No fault is switched on').waitFor();
      await elsewhere('PUT', '/faults', { items: [{ participant: 'provider', effect: { kind: 'drop' } }] });
      await page.getByRole('button', { name: /^Switch off/ }).waitFor();
      await elsewhere('POST', '/reset');
      await page.getByText('No fault is switched on').waitFor();
      await elsewhere('DELETE', '');
      await page.getByText('Gone: it was deleted, or has expired').waitFor();
      await page.context().close();
    });

    it('is emptied by a reset, and gone after it is deleted, each only when asked twice', async () => {
      const { page } = await stage().open(PATTERN);
      const id = await runLive(page);
      await fetch(`${await endpointOf(page)}/Patient/9000000009`);
      await page.getByRole('option', { name: /9000000009/ }).waitFor();
      await page.getByRole('button', { name: 'Reset', exact: true }).click();
      await page.getByRole('button', { name: 'No', exact: true }).click();
      await page.locator('#ask-reset:focus').click();
      await page.getByRole('button', { name: 'Yes, reset' }).click();
      await page.getByRole('option', { name: /9000000009/ }).waitFor({ state: 'detached' });
      await page.locator('#ask-reset:focus').waitFor();
      await page.getByText('The sandbox is back in its seeded state').waitFor();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByRole('button', { name: 'Yes, delete' }).click();
      await page.getByRole('heading', { name: 'How should these two systems talk?' }).waitFor();
      expect(await page.evaluate(`localStorage.getItem('fingerpost.sandbox.${id}')`)).toBeNull();
      await page.context().close();
    });

    it('keeps the document small with a thousand exchanges, and walks them by keyboard', async () => {
      const { page } = await stage().open(PATTERN);
      await runLive(page);
      const url = await endpointOf(page);
      for (let sent = 0; sent < 1000; sent += 50) {
        await Promise.all(
          Array.from({ length: 50 }, () => fetch(`${url}/Patient/9000000009`).then((reply) => reply.text())),
        );
      }
      await page.getByText(/^10\d\d exchanges$/).waitFor();
      expect(await page.getByRole('option').count()).toBeLessThan(60);
      await page.getByRole('listbox', { name: 'Exchanges' }).focus();
      await page.keyboard.press('Home');
      await page.locator('[role=option][aria-selected=true][aria-posinset="1"]').waitFor();
      await page.keyboard.press('End');
      await page.locator('[role=option][aria-selected=true]:not([aria-posinset="1"])').waitFor();
      await page.context().close();
    });
  });
};
