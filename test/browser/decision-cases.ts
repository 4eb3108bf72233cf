import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Stage } from './stage.ts';

const OUTCOME = '/guide/outcome?Q1=yes&Q2=yes&Q3=yes&Q1.why=The+clinician+asks';

export const decisionCases = (stage: () => Stage): void => {
  describe('an outcome, in a browser', () => {
    it('is recorded and downloaded as an ADR, and then listed by its solution', async () => {
      const { page, complaints } = await stage().open(OUTCOME);
      await page.getByLabel('Title').fill('Read medication <live>');
      await page.getByLabel('Solution (optional)').fill('GP record viewer');
      await page.getByRole('radio', { name: 'Accepted' }).check();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Record and download ADR' }).click(),
      ]);
      const adr = await readFile(await download.path(), 'utf8');
      expect(adr).toContain('## Decision Outcome');
      expect(adr).toContain('The clinician asks');
      await page.getByRole('heading', { level: 1, name: 'Read medication <live>' }).waitFor();
      expect(await page.getByText('Because: The clinician asks').count()).toBe(1);
      // As a board gets it, on paper, there is nothing to press or to choose.
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByRole('button').or(page.getByRole('combobox')).count()).toBe(0);
      await page.emulateMedia({ media: 'screen' });
      await page.getByRole('link', { name: 'All decisions' }).click();
      await page.getByRole('heading', { level: 2, name: 'GP record viewer' }).waitFor();
      expect(await page.getByRole('link', { name: 'Read medication <live>' }).count()).toBe(1);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it('is not recorded without a title, and says so at the field', async () => {
      const { page } = await stage().open(OUTCOME);
      await page.getByLabel('Title').fill('');
      await page.getByRole('button', { name: 'Record decision' }).click();
      await page.getByRole('link', { name: 'Enter a title' }).click();
      expect(await page.evaluate('document.activeElement?.id')).toBe('record-title');
      expect(await page.locator('#record-title').getAttribute('aria-invalid')).toBe('true');
      await page.context().close();
    });

    it('names with each other answer what it would have led to', async () => {
      const { page } = await stage().open(OUTCOME);
      const other = page.getByRole('region', { name: 'What another answer would have led to' });
      expect(await other.getByRole('listitem').count()).toBe(3);
      await other.getByRole('link', { name: 'Registry/repository' }).click();
      await page.getByRole('heading', { level: 1, name: 'Registry/repository' }).waitFor();
      expect(new URL(page.url()).searchParams.get('Q3')).toBe('no');
      await page.context().close();
    });

    it('has a sequence diagram with words for those who do not see it, and hands it over as SVG', async () => {
      const { page } = await stage().open(OUTCOME);
      const drawing = page.getByRole('img', { name: /sequence diagram/ });
      expect(await drawing.locator('desc').textContent()).toContain('Requester to Provider, call');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download as SVG' }).click(),
      ]);
      const svg = await readFile(await download.path(), 'utf8');
      expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).not.toContain('<!--');
      await page.context().close();
    });

    it('says what is missing where the pattern cannot be run yet', async () => {
      const { page } = await stage().open('/guide');
      // Whichever patterns can be run today: what the service tells of this one is changed on its way to the page.
      await page.route('**/api/patterns/shared-repository', async (route) => {
        const reply = await route.fetch();
        await route.fulfill({ response: reply, json: { ...(await reply.json()), live: false } });
      });
      await page.goto('/guide/outcome?Q1=yes&Q2=no&Q4=yes');
      await page.getByRole('heading', { name: 'Not runnable yet' }).waitFor();
      expect(await page.getByRole('button', { name: 'Run it live' }).count()).toBe(0);
      await page.context().close();
    });
  });

  describe('what is not there', () => {
    it.each([
      ['/nowhere', 'Page not found'],
      ['/decisions/nothing-here', 'There is no such decision'],
      ['/patterns/nothing-here', 'There is no such pattern'],
      ['/sandboxes/nothing-here', 'This sandbox needs its key'],
    ])('%s says so', async (path, title) => {
      const { page } = await stage().open(path);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await page.context().close();
    });
  });
};
