import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { createSandbox } from '../e2e/sandbox-client.ts';
import { findings, SCREENS } from './axe.ts';
import { runLive } from './console-cases.ts';
import type { Stage } from './stage.ts';

const listen = async (handle: RequestListener) => {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/fhir`, close: () => server.close().closeAllConnections() };
};

export const conformanceCases = (stage: () => Stage): void => {
  describe('check my system', () => {
    it('leads from a pattern to a report of a system that answers, and the report can be taken away', async () => {
      const { fhir } = await createSandbox(stage().url, { dialect: 'pds' });
      const { page, complaints } = await stage().open('/patterns/synchronous-request-response');
      await page.getByRole('link', { name: 'Check my system' }).click();
      await page.waitForURL(/\/conformance\?pattern=synchronous-request-response$/);
      await page.getByLabel('How your system speaks it').selectOption('pds');
      await page.getByLabel('Address of your system').fill(fhir);
      await page.getByLabel('The checks may write').check();
      await page.getByRole('button', { name: 'Check my system' }).click();
      await page.waitForURL(/\/conformance\/[\w-]+$/);
      await page.getByRole('heading', { name: 'Passed', exact: true }).waitFor();
      expect(await page.locator('.fp-number').allTextContents()).toEqual([
        expect.stringMatching(/^\s*Index\s+\d+ % Of the \d+ requirements asked of a responder here/),
        expect.stringMatching(/^\s*Score\s+100 % Of what was judged/),
      ]);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download Evidence pack' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('conformance-synchronous-request-response-pds.zip');
      const pack = unzipSync(readFileSync(await download.path()));
      expect(strFromU8(pack['evidence/README.txt'] ?? new Uint8Array())).toContain('THIS IS NOT NHS ASSURANCE.');
      await page.getByRole('link', { name: 'Every request and reply' }).click();
      await page.getByRole('heading', { name: 'Passed: synchronous-request-response (pds)' }).waitFor();
      // Its policy lets it have its own style: the ink of a tag is not that of the text.
      expect(await page.evaluate(`getComputedStyle(document.querySelector('.tag.pass')).color`)).toBe(
        'rgb(11, 94, 70)',
      );
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    it('shows how far a run is and on what, also where its events are refused at first, and cancels it', async () => {
      // It answers nothing after its capabilities, so the run waits.
      const silent = await listen((request, response) => {
        if (request.url?.endsWith('/metadata') === true) response.end('{}');
      });
      const { page } = await stage().open('/conformance?pattern=synchronous-request-response&dialect=fhir-r4');
      await page.route('**/events', (route) => route.fulfill({ status: 503 }), { times: 1 });
      await page.getByLabel('Address of your system').fill(silent.url);
      await page.getByRole('button', { name: 'Check my system' }).click();
      await page.getByText('1 request sent').waitFor();
      expect(await page.getByRole('progressbar').getAttribute('max')).toBe('100');
      await page.getByRole('status').getByText('Now: find-patient').waitFor();
      expect(await findings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('heading', { name: 'The run was cancelled' }).waitFor();
      await page.getByRole('link', { name: 'Check again' }).click();
      await page.getByRole('heading', { name: 'Check my system' }).waitFor();
      expect(await page.getByLabel('Address of your system').inputValue()).toBe(silent.url);
      silent.close();
      await page.context().close();
    });

    it('is reached from the outcome and from a sandbox, and says what is wrong with what was filled in', async () => {
      const { page } = await stage().open('/guide/outcome?Q1=yes&Q2=yes&Q3=yes');
      await page.getByRole('link', { name: 'Check my system' }).click();
      await page.getByRole('button', { name: 'Check my system' }).click();
      await page.getByRole('alert').getByRole('link', { name: 'Enter the address of your system' }).waitFor();
      await page.getByText('What the checks should know of it').click();
      expect(await findings(page)).toEqual([]);
      await page.getByLabel('Address of your system').fill('https://api.service.nhs.uk/personal-demographics/FHIR/R4');
      await page.getByRole('button', { name: 'Check my system' }).click();
      await page
        .getByRole('alert')
        .getByRole('link', { name: /is a live NHS host/ })
        .waitFor();
      await page.goto('/patterns/synchronous-request-response');
      await runLive(page, 'pds');
      await page.getByRole('tab', { name: 'Check' }).click();
      await page.getByRole('link', { name: 'Check my system' }).click();
      await page.getByRole('heading', { name: 'Check my system' }).waitFor();
      expect(await page.getByLabel('How your system speaks it').inputValue()).toBe('pds');
      await page.context().close();
    });
  });

  it.each(SCREENS)(
    'axe finds nothing in the report of a run, as a page of ours and as a file, at $width px, $colorScheme',
    async ({ width, colorScheme }) => {
      const bare = await listen((_request, response) => {
        response.writeHead(404, { 'content-type': 'application/fhir+json' }).end('{"resourceType":"OperationOutcome"}');
      });
      const options = { viewport: { width, height: 800 }, colorScheme };
      const { page } = await stage().open('/conformance?pattern=synchronous-request-response', options);
      await page.getByLabel('Address of your system').fill(bare.url);
      await page.getByRole('button', { name: 'Check my system' }).click();
      await page.getByRole('heading', { name: 'Failed', exact: true }).waitFor();
      await page.getByText(/that no check looked at/).click();
      expect(await findings(page)).toEqual([]);
      await page.getByRole('link', { name: 'Every request and reply' }).click();
      await page.getByRole('heading', { name: /^Failed: / }).waitFor();
      expect(await findings(page)).toEqual([]);
      bare.close();
      await page.context().close();
    },
  );
};
