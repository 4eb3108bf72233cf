import { createServer, type Server } from 'node:http';
import { Client } from 'fhir-kit-client';
import { describe, expect, it } from 'vitest';
import { runLive } from './console-cases.ts';
import { answer } from './guide-cases.ts';
import type { Stage } from './stage.ts';

/** Somebody else's provider: it answers every request with one patient, and remembers what it was asked. */
const startProvider = async (): Promise<{ url: string; asked: string[]; close(): Promise<void> }> => {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    response.writeHead(200, { 'content-type': 'application/fhir+json', etag: 'W/"7"' });
    response.end(JSON.stringify({ resourceType: 'Patient', id: '9000000009', meta: { versionId: '7' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/FHIR/R4`, asked, close };
};

/** The client gives every resource one loose type; what it is was asked for. */
const asPatient = (resource: unknown): fhir4.Patient => resource as fhir4.Patient;

export const journeyCases = (stage: () => Stage): void => {
  describe('from the first question to a running, external system', () => {
    it('decides, records, runs, is read by another FHIR client, and gives a seat away', async () => {
      const { page, complaints } = await stage().open('/');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stage().url });

      await page.getByRole('link', { name: 'Start the guide' }).click();
      for (const question of ['Q1', 'Q2', 'Q3']) await answer(page, question, 'yes');
      await page.getByRole('button', { name: 'See the outcome' }).click();
      await page.getByLabel('Title').fill('Read demographics from one place');
      await page.getByRole('button', { name: 'Record decision' }).click();
      await page.getByRole('heading', { level: 1, name: 'Read demographics from one place' }).waitFor();
      const decision = page.url();
      const id = await runLive(page);

      const provider = page.getByRole('region', { name: 'Provider', exact: true });
      await provider.getByRole('button', { name: 'Copy FHIR R4 of Provider' }).click();
      await provider.getByText('Copied ✓').waitFor();
      const endpoint = String(await page.evaluate('navigator.clipboard.readText()'));
      expect(endpoint).toBe(`${stage().url}/sandboxes/${id}/provider/FHIR/R4`);

      const client = new Client({ baseUrl: endpoint });
      await client.search({ resourceType: 'Patient', searchParams: { family: 'Smith' } });
      await page.getByRole('option', { name: /GET Patient\?family=Smith.*200/ }).waitFor({ timeout: 1000 });
      const patient = asPatient(await client.read({ resourceType: 'Patient', id: '9000000009' }));
      await page.getByRole('option', { name: /GET Patient\/9000000009.*200/ }).waitFor({ timeout: 1000 });
      await client.patch({
        resourceType: 'Patient',
        id: '9000000009',
        jsonPatch: [{ op: 'replace', path: '/gender', value: 'unknown' }],
        options: { headers: { 'if-match': `W/"${patient.meta?.versionId}"` } },
      });
      await page.getByRole('option', { name: /PATCH Patient\/9000000009.*200/ }).click();
      await page.getByRole('region', { name: 'Request body' }).getByText('"/gender"').waitFor();

      const external = await startProvider();
      try {
        await provider.getByRole('radio', { name: 'External' }).check();
        await provider.getByLabel('URL of your system (optional)').fill(external.url);
        await provider.getByLabel('Its credential (optional)').fill('Bearer of-the-other-system');
        await provider.getByRole('button', { name: 'Apply to Provider' }).click();
        await provider.getByText('external', { exact: true }).waitFor();
        const requester = page.getByRole('region', { name: 'Requester', exact: true });
        await requester.getByText('Read a patient', { exact: true }).click();
        await requester.getByRole('button', { name: /^Send\s?: Read a patient$/ }).click();
        await requester.getByText(/^Done/).waitFor();
        expect(external.asked).toEqual(['GET /FHIR/R4/Patient/9000000009 Bearer of-the-other-system']);
        const chosen = page.getByRole('region', { name: 'Chosen exchange' });
        await chosen.getByText(external.url).first().waitFor();
        expect(await chosen.locator('strong').first().textContent()).toMatch(/Requester.*Provider/);
        expect(await page.content()).not.toContain('of-the-other-system');
      } finally {
        await external.close();
      }

      await page.goto(decision);
      await page.getByRole('link', { name: id }).click();
      await page.getByRole('heading', { name: 'Live sequence' }).waitFor();
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });
};
