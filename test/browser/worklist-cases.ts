import { describe, expect, it } from 'vitest';
import { runLive } from './console-cases.ts';
import type { Stage } from './stage.ts';

const PATTERN = '/patterns/asynchronous-request-response';

export const worklistCases = (stage: () => Stage): void => {
  describe('the worklist of a sandbox', () => {
    it('shows a referral as it comes, and what a person decides goes out as a message', async () => {
      const { page, complaints } = await stage().open(PATTERN);
      await runLive(page, 'bars');
      const requester = page.getByRole('region', { name: 'Requester', exact: true });
      await requester.locator('fp-act-form summary', { hasText: 'Send a referral' }).click();
      await page.getByRole('tab', { name: 'Worklist' }).click();
      await page.getByText('Nothing waits for anybody').waitFor();
      await page.getByRole('tab', { name: 'Participants' }).click();
      await requester.locator('fp-act-form summary', { hasText: 'Send a referral' }).click();
      await requester.getByRole('button', { name: /^Send/ }).first().click();
      await page
        .getByRole('option', { name: /\$process-message.*200/ })
        .first()
        .waitFor();
      await page.getByRole('tab', { name: 'Worklist' }).click();
      await page.getByRole('heading', { name: /^Referral of/ }).waitFor();
      await page.getByLabel(/^Reason/).fill('Not for this clinic');
      await page.getByRole('button', { name: /^Reject/ }).click();
      await page.locator('h3:focus', { hasText: 'Worklist' }).waitFor();
      await page.getByText('Nothing waits for anybody').waitFor();
      const answer = page.getByRole('option', { name: /\$process-message.*200/ }).nth(1);
      await answer.click();
      await page.getByRole('region', { name: 'Request body' }).waitFor();
      expect(await page.getByRole('region', { name: 'Request body' }).textContent()).toContain('Not for this clinic');
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });
};
