import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { runLive } from './console-cases.ts';
import type { Stage } from './stage.ts';

const PATTERN = '/patterns/asynchronous-request-response';

/** A sandbox in which the first message to the provider's background work is lost. */
export const loseOne = async (stage: Stage, page: Page): Promise<void> => {
  const id = await runLive(page);
  const key = String(await page.evaluate(`localStorage.getItem('fingerpost.sandbox.${id}')`));
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const at = `${stage.url}/api/sandboxes/${id}`;
  const effect = { kind: 'message', as: 'drop' };
  const body = JSON.stringify({ items: [{ participant: 'provider', operation: 'background', effect, times: 1 }] });
  await fetch(`${at}/faults`, { method: 'PUT', headers, body });
  const asked = { accept: 'application/fhir+json', prefer: 'respond-async', 'x-request-id': crypto.randomUUID() };
  const reply = await fetch(`${stage.url}/sandboxes/${id}/provider/FHIR/R4/Patient/9000000009`, { headers: asked });
  expect(reply.status).toBe(202);
  await page.getByRole('tab', { name: 'Queues' }).click();
  await page.getByText('For provider: 1 dead letter').waitFor();
};

export const queueCases = (stage: () => Stage): void => {
  describe('the queues of a sandbox', () => {
    it('show a message that was lost, what it says and why, and replay it', async () => {
      const { page, complaints } = await stage().open(PATTERN);
      await loseOne(stage(), page);
      await page.getByText('Lost on the way (fault-1)').waitFor();
      await page.getByText('What it says').click();
      expect(await page.getByRole('region', { name: /^Message / }).textContent()).toContain('application/json');
      await page.getByRole('button', { name: /^Replay the message/ }).click();
      await page.getByText('Message replayed').waitFor();
      await page.locator('h4:focus').waitFor();
      await page.getByText('For provider: empty').nth(1).waitFor();
      const row = page.getByRole('option', { name: /queue .*RECEIVE/ }).first();
      await row.waitFor();
      // By the style of the arrow and a word, and not by colour alone.
      expect(await row.locator('.fp-arrow__sign').count()).toBe(1);
      expect(await page.getByRole('option', { name: /GET / }).first().locator('.fp-arrow__sign').count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });
};
