import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { request } from '../e2e/sandbox-client.ts';
import { runLive } from './console-cases.ts';
import type { Stage } from './stage.ts';

/** A console, the address that a system of one's own calls there, and how that takes the requester's seat. */
const ownSystem = async (stage: Stage, page: Page) => {
  const id = await runLive(page, 'pds');
  const key = String(await page.evaluate(`localStorage.getItem('fingerpost.sandbox.${id}')`));
  const seat = `/api/sandboxes/${id}/participants/requester`;
  return {
    id,
    url: `${stage.url}/sandboxes/${id}/provider/FHIR/R4`,
    take: () => request(stage.url, 'PUT', seat, { key, body: { mode: 'external' } }),
  };
};

/** A console whose requester is somebody else's system, with the address that this system calls. */
export const withOwnSystem = async (stage: Stage, page: Page): Promise<string> => {
  const { url, take } = await ownSystem(stage, page);
  await take();
  return url;
};

const send = (url: string, id: string, patient = '9000000009') =>
  fetch(`${url}/Patient/${patient}`, { headers: { 'x-request-id': id } });

export const checkingCases = (stage: () => Stage): void => {
  describe('checking a system in the console', () => {
    it('says what was not observed, switches on the fault that shows it, and then what the system did', async () => {
      const { page, complaints } = await stage().open('/patterns/synchronous-request-response');
      const { url, take } = await ownSystem(stage(), page);
      await page.getByRole('tab', { name: 'Check' }).click();
      const button = page.getByRole('button', { name: 'Check', exact: true });
      await button.hover();
      await page.mouse.down();
      // What is told of the seat while the button is held must not take it away from under the pointer: the click would be lost.
      await take();
      await page.getByRole('option', { name: 'Requester (external)' }).waitFor({ state: 'attached' });
      await page.mouse.up();
      const rule = page.locator('.fp-verdict', { hasText: 'COM-07' });
      await rule.getByText('No 429 or 503 with Retry-After was answered.').waitFor();
      await rule.getByRole('button', { name: /Switch on: Provider answers 503, Retry-After 3 s/ }).click();
      await page.getByText('Fault switched on.').waitFor();
      const id = randomUUID();
      expect((await send(url, id)).status).toBe(503);
      await send(url, id);
      await page.getByRole('button', { name: 'Check again' }).click();
      await rule.getByText(/^It did not wait as long as Retry-After said\./).waitFor();
      expect(
        await page
          .getByRole('status')
          .getByText(/^Checked: /)
          .textContent(),
      ).toMatch(/1 failed, .* passed$/);
      await rule.getByRole('button', { name: 'GET /Patient/9000000009 → 503' }).click();
      await page.getByRole('region', { name: 'Request', exact: true }).waitFor();
      expect(await page.locator('#inspector').textContent()).toContain(id);
      await page.getByRole('tab', { name: 'Faults' }).click();
      await page.getByRole('tab', { name: 'Check' }).click();
      await rule.getByText(/^It did not wait/).waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it('tells whoever has taken no seat to take one, checks our own all the same, and keeps that where it cannot be read again', async () => {
      const { page } = await stage().open('/patterns/synchronous-request-response');
      const { id, take } = await ownSystem(stage(), page);
      await page.getByRole('tab', { name: 'Check' }).click();
      await page.getByText('Nobody has taken a seat that starts something').waitFor();
      expect(await page.getByLabel('Who', { exact: true }).locator('option').allTextContents()).toEqual([
        'Requester (simulated)',
      ]);
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      const checked = page.getByText(/^Checked: \d+ not observed$/);
      await checked.waitFor();
      const sandbox = `**/api/sandboxes/${id}`;
      await page.route(sandbox, (route) => route.abort());
      await take();
      await page.getByText('What is shown here may be out of date.').waitFor();
      expect(await checked.count()).toBe(1);
      await page.unroute(sandbox);
      await page.getByRole('option', { name: 'Requester (external)' }).waitFor({ state: 'attached' });
      await page.context().close();
    });
  });
};
