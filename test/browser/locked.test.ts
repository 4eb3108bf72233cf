import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserIsThere } from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const ADMIN_KEY = 'a-key-that-only-its-owner-knows';

describe.skipIf(!browserIsThere())('the pages of a service that listens beyond loopback', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ HOST: '0.0.0.0', ADMIN_KEY });
  });
  afterAll(() => stage?.close());

  it('ask for the key of the service when a decision is recorded, and keep what was entered', async () => {
    const { page } = await stage.open('/guide/outcome?Q1=yes&Q2=yes&Q3=yes');
    await page.getByLabel('Title').fill('Behind a key');
    await page.getByRole('button', { name: 'Record decision' }).click();
    await page.locator('.nhsuk-error-summary:focus').waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('Behind a key');
    const record = page.getByRole('region', { name: 'Record this decision' });
    await record.getByLabel('Key of this service').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Record decision' }).click();
    await page.getByRole('heading', { level: 1, name: 'Behind a key' }).waitFor();

    // The tab remembers it, so that a sandbox can be made without being asked again.
    await page.getByRole('button', { name: 'Run it live' }).click();
    await page.getByRole('heading', { name: 'Live sequence' }).waitFor();
    await page.context().close();
  });

  it('ask for it when a sandbox is made', async () => {
    const { page } = await stage.open('/patterns/synchronous-request-response');
    await page.getByRole('button', { name: 'Run it live' }).click();
    await page.getByLabel('Key of this service').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Run it live' }).click();
    await page.getByRole('heading', { name: 'Live sequence' }).waitFor();
    await page.context().close();
  });
});
