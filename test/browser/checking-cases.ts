import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { request } from '../e2e/sandbox-client.ts';
import { runLive } from './console-cases.ts';
import type { Stage } from './stage.ts';

/** A console whose requester is somebody else's system, with the address that this system calls. */
export const withOwnSystem = async (stage: Stage, page: Page): Promise<string> => {
  const id = await runLive(page, 'pds');
  const key = String(await page.evaluate(`localStorage.getItem('fingerpost.sandbox.${id}')`));
  await request(stage.url, 'PUT', `/api/sandboxes/${id}/participants/requester`, { key, body: { mode: 'external' } });
  return `${stage.url}/sandboxes/${id}/provider/FHIR/R4`;
};

const send = (url: string, id: string, patient = '9000000009') =>
  fetch(`${url}/Patient/${patient}`, { headers: { 'x-request-id': id } });

export const checkingCases = (stage: () => Stage): void => {
  describe('checking a system in the console', () => {
    it('says what was not observed, switches on the fault that shows it, and then what the system did', async () => {
      const { page, complaints } = await stage().open('/patterns/synchronous-request-response');
      const url = await withOwnSystem(stage(), page);
      await page.getByRole('tab', { name: 'Check' }).click();
      await page.getByRole('button', { name: 'Check', exact: true }).click();
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

    it('tells whoever has taken no seat to take one, and checks our own requester all the same', async () => {
      const { page } = await stage().open('/patterns/synchronous-request-response');
      await runLive(page, 'pds');
      await page.getByRole('tab', { name: 'Check' }).click();
      await page.getByText('Nobody has taken a seat that starts something').waitFor();
      expect(await page.getByLabel('Who', { exact: true }).locator('option').allTextContents()).toEqual([
        'Requester (simulated)',
      ]);
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await page.getByText(/^Checked: \d+ not observed$/).waitFor();
      await page.context().close();
    });
  });
};
