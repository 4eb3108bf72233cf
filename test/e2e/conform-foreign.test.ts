import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Report } from '../../sandbox/conformance/report.ts';
import { freePort } from './conform-harness.test-data.ts';
import { fingerpost } from './running-service.ts';

it('a foreign FHIR server from npm, started by conform, gets a report that is right about what it lacks', async () => {
  const port = await freePort();
  const server = fileURLToPath(new URL('./foreign-fhir-server.ts', import.meta.url));
  const target = `http://127.0.0.1:${port}/fhir`;
  const start = `"${process.execPath}" "${server}" ${port}`;
  const judged = ['--pattern', 'synchronous-request-response', '--target', target, '--consent-to-write'];
  const { code, stdout } = await fingerpost(['conform', ...judged, '--start', start, '--format', 'json']);
  const report: Report = JSON.parse(stdout);
  const checks = report.requirements.flatMap((one) => one.checks.map((check) => ({ id: one.id, ...check })));
  const having = (verdict: string) => checks.filter((check) => check.verdict === verdict);

  expect(code).toBe(1);
  expect(having('fail').map(({ id, title, message }) => [id, title, message])).toEqual([
    ['COM-05', 'An Accept that cannot be served is answered 406', expect.stringContaining('200 instead of 406.')],
    ['COM-05', 'A body type that cannot be read is answered 415', expect.stringContaining('400 instead of 415.')],
    ['COM-11', '/metadata states the interactions', expect.stringContaining('/metadata: 200, Bundle.')],
    ['RRS-02', 'A read has a weak ETag equal to meta.versionId', expect.stringContaining('ETag is missing')],
    ['RRS-09', 'A search that somebody matches finds them', expect.stringMatching(/\?_id=\S+ → 200, with no match/)],
  ]);
  // What it does have is not held against it: above all, it refuses a stale version.
  expect(having('pass').map(({ check }) => check)).toEqual(
    expect.arrayContaining(['rrs-02-resource', 'rrs-04-stale', 'rrs-05-unknown', 'rrs-08-atomic', 'rrs-09-empty']),
  );
  expect([report.index.percent, report.score.percent]).toEqual([75, 55]);
  // Each failure is what the server really answered, as its evidence shows.
  for (const { steps } of having('fail')) {
    const behind = report.exchanges.filter(({ step }) => steps.includes(step));
    expect(behind.map(({ reply }) => reply?.status)).toEqual([expect.any(Number)]);
  }
  const read = report.exchanges.find(({ step }) => step === 'read');
  expect([read?.reply?.status, read?.reply?.headers.etag]).toEqual([200, undefined]);
  expect(JSON.parse(read?.reply?.body ?? '')).toMatchObject({ name: [{ family: 'Foreign' }] });
});
