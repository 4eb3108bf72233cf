import { describe, expect, it } from 'vitest';
import { findings, SCREENS } from './axe.ts';
import { withOwnSystem } from './checking-cases.ts';
import { runLive } from './console-cases.ts';
import { loseOne } from './queue-cases.ts';
import type { Stage } from './stage.ts';

const PAGES = [
  '/',
  '/guide',
  '/guide?Q1=yes&Q2=yes',
  '/guide?Q1=yes&Q7=no',
  '/guide/check?Q1=yes&Q2=yes&Q3=yes&quick=no&Q1.why=x',
  '/guide/outcome?Q1=yes&Q2=yes&Q3=yes&quick=no',
  '/guide/outcome?Q1=no&Q5=no&Q7=no',
  '/guide/outcome?Q1=yes&Q2=unsure',
  '/decisions',
  '/decisions/nothing-here',
  '/patterns',
  '/patterns/synchronous-request-response',
  '/hl7',
  '/conformance?pattern=synchronous-request-response',
  '/conformance/nothing-here',
  '/sandboxes/nothing-here',
  '/nowhere',
] as const;

export const accessibilityCases = (stage: () => Stage): void => {
  describe.each(SCREENS)('axe, at $width px, $colorScheme', ({ width, colorScheme }) => {
    const options = { viewport: { width, height: 800 }, colorScheme };

    it.each(PAGES)('finds nothing on %s', async (path) => {
      const { page, complaints } = await stage().open(path, options);
      await page.locator('main .fp-loading').first().waitFor({ state: 'detached' });
      expect(await findings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it('finds nothing where an error is shown', async () => {
      const { page } = await stage().open('/guide', options);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.locator('.nhsuk-error-summary').waitFor();
      expect(await findings(page)).toEqual([]);
      await page.context().close();
    });

    it('finds nothing on a decision, nor in any part of the console', async () => {
      const { page, complaints } = await stage().open('/guide/outcome?Q1=yes&Q2=yes&Q3=yes', options);
      await page.getByRole('button', { name: 'Record decision' }).click();
      await page.waitForURL(/\/decisions\//);
      await page.getByRole('button', { name: 'Download ADR' }).waitFor();
      expect(await findings(page)).toEqual([]);
      await runLive(page);
      for (const tab of ['Lessons', 'Faults', 'Check', 'Clock', 'Project', 'Participants']) {
        await page.getByRole('tab', { name: tab }).click();
        await page.locator('#tool-panel .fp-loading').waitFor({ state: 'detached' });
        expect(await findings(page), tab).toEqual([]);
      }
      const requester = page.getByRole('region', { name: 'Requester', exact: true });
      for (const summary of await page.locator('fp-participant summary').all()) await summary.click();
      await requester.getByRole('button', { name: /^Send/ }).first().click();
      await page.getByRole('region', { name: 'Request', exact: true }).waitFor();
      expect(await findings(page), 'with everything open').toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  it.each(SCREENS)('axe finds nothing on a worklist, at $width px, $colorScheme', async ({ width, colorScheme }) => {
    const options = { viewport: { width, height: 800 }, colorScheme };
    const { page } = await stage().open('/patterns/asynchronous-request-response', options);
    const id = await runLive(page);
    const key = String(await page.evaluate(`localStorage.getItem('fingerpost.sandbox.${id}')`));
    const act = `${stage().url}/api/sandboxes/${id}/participants/requester/acts/send-referral`;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    await fetch(act, { method: 'POST', headers, body: '{"patient":"9000000009"}' });
    await page.getByRole('tab', { name: 'Worklist' }).click();
    await page.getByRole('heading', { name: /^Referral of/ }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.context().close();
  });

  it.each(SCREENS)('axe finds nothing on queues, at $width px, $colorScheme', async ({ width, colorScheme }) => {
    const options = { viewport: { width, height: 800 }, colorScheme };
    const { page } = await stage().open('/patterns/asynchronous-request-response', options);
    await loseOne(stage(), page);
    await page.getByText('What it says').click();
    expect(await findings(page)).toEqual([]);
    await page.context().close();
  });

  it.each(SCREENS)('axe finds nothing in a report of a check, at $width px, $colorScheme', async (screen) => {
    const { width, colorScheme } = screen;
    const options = { viewport: { width, height: 800 }, colorScheme };
    const { page } = await stage().open('/patterns/synchronous-request-response', options);
    const url = await withOwnSystem(stage(), page);
    for (const patient of ['9000000009', '9000000033'])
      await fetch(`${url}/Patient/${patient}`, { headers: { 'x-request-id': 'one-for-all' } });
    await page.getByRole('tab', { name: 'Check' }).click();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    // What was said of it comes first, so that a failure tells whether nothing was judged, or nothing shown.
    await page
      .getByRole('status')
      .getByText(/^Checked: /)
      .waitFor();
    await page.getByText(/that do not apply here$/).click();
    expect(await page.locator('.fp-tag--bad').count()).toBeGreaterThan(0);
    expect(await findings(page)).toEqual([]);
    await page.context().close();
  });

  it('no page asks another host for anything', async () => {
    const context = await stage().browser.newContext({ baseURL: stage().url });
    const page = await context.newPage();
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    for (const path of PAGES) {
      await page.goto(path);
      await page.locator('main h1').first().waitFor();
    }
    expect([...hosts]).toEqual([stage().url]);
    await context.close();
  });
};
