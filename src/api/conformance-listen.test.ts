import { expect, it } from 'vitest';
import { openCatalogue } from '../catalogue.ts';
import type { Jobs } from '../conformance/jobs.ts';
import type { ServiceCall } from './call.ts';
import { conformanceHandlers } from './conformance-handlers.ts';

const resolveMllp = () => Promise.reject(new Error('nothing is sent here'));
const started = { id: 'one', state: 'running' } as const;
const jobs: Jobs = {
  start: async () => started,
  read: async () => undefined,
  cancel: async () => undefined,
  watch: () => () => undefined,
  close: async () => undefined,
};
const call = (profile: object): ServiceCall => ({
  params: {},
  query: new URLSearchParams(),
  headers: {},
  type: 'application/json',
  gone: new AbortController().signal,
  body: { pattern: 'synchronous-request-response', target: 'http://127.0.0.1:9/FHIR/R4', profile },
});

it('a service that others reach opens no port that they choose; one on loopback does', async () => {
  const catalogue = await openCatalogue();
  const start = (mayListen: boolean, profile: object) =>
    conformanceHandlers({ catalogue, jobs, tool: 'fingerpost 0', fetch, resolveMllp, mayListen }).startConformance?.(
      call(profile),
    );
  await expect(start(false, { listen: { port: 9_000 } })).rejects.toMatchObject({ problem: { status: 400 } });
  expect(await start(false, {})).toMatchObject({ status: 202 });
  expect(await start(true, { listen: { port: 9_000 } })).toMatchObject({ status: 202 });
});
