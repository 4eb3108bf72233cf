import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Stage } from './stage.ts';

const PATHS = [
  ['Q1=yes,Q2=yes,Q3=yes', 'Request/response (synchronous)'],
  ['Q1=yes,Q2=yes,Q3=no', 'Registry/repository'],
  ['Q1=yes,Q2=no,Q4=yes', 'Shared repository'],
  ['Q1=yes,Q2=no,Q4=no', 'Registry/repository'],
  ['Q1=no,Q5=yes,Q6=yes', 'Request/response (asynchronous)'],
  ['Q1=no,Q5=yes,Q6=no', 'Request/response (synchronous)'],
  ['Q1=no,Q5=no,Q7=yes', 'Information push'],
  ['Q1=no,Q5=no,Q7=no', 'Publish/subscribe'],
] as const;

const LABELS: Readonly<Record<string, string>> = { yes: 'Yes', no: 'No', unsure: 'Not sure' };

/** Chooses an answer to the question that is shown, and waits until the next page has the focus. */
export const answer = async (page: Page, question: string, choice: string): Promise<void> => {
  await page.locator('.nhsuk-caption-l', { hasText: `Question ${question.replace('Q', '')}` }).waitFor();
  await page.getByRole('radio', { name: LABELS[choice] ?? choice, exact: true }).check();
  const before = page.url();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.href !== before);
};

const heading = async (page: Page): Promise<string> => ((await page.locator('h1').textContent()) ?? '').trim();

export const guideCases = (stage: () => Stage): void => {
  describe('the guide, in a browser', () => {
    it.each(PATHS)('leads by %s to %s', async (path, outcome) => {
      const { page, complaints } = await stage().open('/');
      await page.getByRole('link', { name: 'Start the guide' }).click();
      for (const pair of path.split(',')) {
        const [question = '', choice = ''] = pair.split('=');
        await answer(page, question, choice);
      }
      expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(
        `/guide/check?${path.replaceAll(',', '&')}`,
      );
      await page.getByRole('button', { name: 'See the outcome' }).click();
      await page.getByRole('heading', { level: 1, name: outcome }).waitFor();
      expect(await page.title()).toBe(`${outcome} – Fingerpost`);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it('goes back a question with the Back button, and forward again, with the answers that were given', async () => {
      const { page } = await stage().open('/guide');
      await answer(page, 'Q1', 'yes');
      await page.locator('.nhsuk-caption-l', { hasText: 'Question 2' }).waitFor();
      await answer(page, 'Q2', 'no');
      await page.locator('.nhsuk-caption-l', { hasText: 'Question 4' }).waitFor();
      await page.goBack();
      await page.locator('.nhsuk-caption-l', { hasText: 'Question 2' }).waitFor();
      expect(new URL(page.url()).search).toBe('?Q1=yes');
      await page.goForward();
      await page.locator('.nhsuk-caption-l', { hasText: 'Question 4' }).waitFor();
      expect(new URL(page.url()).search).toBe('?Q1=yes&Q2=no');
      await page.context().close();
    });

    it('moves the focus to the heading and changes the title on each page', async () => {
      const { page } = await stage().open('/guide');
      await answer(page, 'Q1', 'yes');
      await page.locator('h1:focus').waitFor();
      expect(await page.title()).toContain(await heading(page));
      await page.context().close();
    });

    it('asks for an answer when there is none, in an error summary that has the focus and links to the radios', async () => {
      const { page } = await stage().open('/guide');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.locator('.nhsuk-error-summary:focus').waitFor();
      await page.getByRole('link', { name: 'Select yes, no or not sure' }).click();
      expect(await page.evaluate('document.activeElement?.id')).toBe('answer-yes');
      await page.context().close();
    });

    it('drops what is off the route when an earlier answer is changed', async () => {
      const { page } = await stage().open('/guide/check?Q1=yes&Q2=yes&Q3=no&Q3.why=nobody+knows&batch=yes');
      await page.getByRole('link', { name: 'Change the answer to Q1' }).click();
      await page.getByRole('radio', { name: 'Yes', exact: true }).waitFor();
      expect(await page.getByRole('radio', { name: 'Yes', exact: true }).isChecked()).toBe(true);
      await answer(page, 'Q1', 'no');
      await page.locator('.nhsuk-caption-l', { hasText: 'Question 5' }).waitFor();
      expect(new URL(page.url()).search).toBe('?Q1=no&batch=yes');
      await page.context().close();
    });

    it('keeps the later answers when an earlier one is confirmed', async () => {
      const { page } = await stage().open('/guide?Q1=yes&Q2=yes&Q3=no&at=Q1');
      await answer(page, 'Q1', 'yes');
      await page.getByRole('heading', { name: 'Check your answers' }).waitFor();
      expect(new URL(page.url()).search).toBe('?Q1=yes&Q2=yes&Q3=no');
      await page.context().close();
    });

    it('refuses answers that are off the route in words', async () => {
      const { page } = await stage().open('/guide?Q1=yes&Q7=no');
      expect(await heading(page)).toBe('These answers do not fit the tree');
      expect(await page.locator('.nhsuk-error-summary').textContent()).toContain('Q7');
      await page.context().close();
    });

    it.each(['/guide', '/guide/check', '/guide/outcome'])(
      'refuses what is no answer, in words, on %s',
      async (path) => {
        const { page } = await stage().open(`${path}?Q1=bogus`);
        const summary = await page.locator('.nhsuk-error-summary').textContent();
        expect(summary).toContain('Q1 in the address has to be yes, no or unsure');
        await page.context().close();
      },
    );

    it('shows what is still possible, and what would settle it, when an answer is not sure', async () => {
      const { page } = await stage().open('/guide?Q1=yes');
      await answer(page, 'Q2', 'unsure');
      await page.getByRole('button', { name: 'See the outcome' }).click();
      await page.getByRole('heading', { level: 1, name: '3 patterns are still possible' }).waitFor();
      await page.getByRole('link', { name: 'Answer Q2' }).click();
      await page.locator('.nhsuk-caption-l', { hasText: 'Question 2' }).waitFor();
      await page.context().close();
    });

    it('comes back to where the page was scrolled to', async () => {
      const { page } = await stage().open('/patterns/synchronous-request-response');
      const link = page.getByRole('link', { name: 'Does it fit? Ask the guide' });
      await page.mouse.wheel(0, 900);
      await expect.poll(() => page.evaluate('window.scrollY')).toBeGreaterThan(500);
      await link.click();
      await page.locator('.nhsuk-caption-l', { hasText: 'Question 1' }).waitFor();
      await expect.poll(() => page.evaluate('window.scrollY')).toBe(0);
      await page.goBack();
      await expect.poll(() => page.evaluate('window.scrollY')).toBeGreaterThan(500);
      await page.context().close();
    });

    it('says with the first question what the chapter says ahead of it', async () => {
      const { page } = await stage().open('/guide');
      await page.getByText('General guidelines').click();
      expect(
        await page.getByRole('region', { name: 'Before you choose' }).getByRole('listitem').count(),
      ).toBeGreaterThan(5);
      await page.context().close();
    });

    it('draws the tree with links back to the questions on the route, by keyboard', async () => {
      const { page } = await stage().open('/guide?Q1=yes&Q2=no');
      const links = page.locator('fp-tree a');
      expect(await links.count()).toBe(2);
      await links.first().focus();
      await page.keyboard.press('Enter');
      await page.locator('.nhsuk-caption-l', { hasText: 'Question 1' }).waitFor();
      expect(new URL(page.url()).search).toBe('?Q1=yes&Q2=no&at=Q1');
      await page.context().close();
    });

    it('warns of circumstances without changing the outcome, and keeps reasons', async () => {
      const { page } = await stage().open('/guide/check?Q1=yes&Q2=yes&Q3=yes');
      await page.getByText('Circumstances (optional)').click();
      await page
        .getByRole('group', { name: 'Can it respond quickly?' })
        .getByRole('radio', { name: 'No', exact: true })
        .check();
      await page.getByText('Add a reason for Q3').click();
      await page.getByLabel('Why this answer to Q3').fill('PDS holds it');
      await page.getByRole('button', { name: 'See the outcome' }).click();
      await page.getByRole('heading', { level: 2, name: 'Warnings' }).waitFor();
      expect(new URL(page.url()).search).toBe('?Q1=yes&Q2=yes&Q3=yes&Q3.why=PDS+holds+it&quick=no');
      await page.goBack();
      await page.getByRole('heading', { name: 'Check your answers' }).waitFor();
      expect(await page.getByLabel('Why this answer to Q3').inputValue()).toBe('PDS holds it');
      await page.context().close();
    });
  });
};
