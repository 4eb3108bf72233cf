import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Box, driven, freePort, owner } from './conform-harness.test-data.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';

const PATTERN = 'publish-subscribe';
const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const { control, open } = owner(() => service.url);

/** A sandbox whose subscriber is the run's listener. */
const ready = async (dialect: string, port: number): Promise<Box> => {
  const box = await open({ pattern: PATTERN, dialect });
  const url = `http://127.0.0.1:${port}`;
  await control(box, 'PUT', '/participants/subscriber', { mode: 'external', ...(dialect === 'mns' ? {} : { url }) });
  return box;
};

const run = async (dialect: string) => {
  const port = await freePort();
  const box = await ready(dialect, port);
  const target = `${service.url}/sandboxes/${box.id}/broker${dialect === 'mns' ? '' : '/FHIR/R4'}`;
  const profile = { timeout: 5_000, listen: { port } };
  return driven({ pattern: PATTERN, dialect, target, profile });
};

const PASSED: Readonly<Record<string, readonly string[]>> = {
  'fhir-r4': ['PUB-02', 'PUB-03', 'PUB-04', 'PUB-05', 'PUB-09', 'PUB-13'],
  mns: ['PUB-02', 'PUB-04', 'PUB-05', 'PUB-10', 'PUB-13'],
};

describe('a broker of publish/subscribe', () => {
  it.each(['fhir-r4', 'mns'])('passes when it is our own sandbox, in %s', async (dialect) => {
    const { failed, verdictOf, report } = await run(dialect);
    expect(report.requirements.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(failed).toEqual([]);
    for (const id of PASSED[dialect] ?? []) expect([id, verdictOf(id)]).toEqual([id, 'pass']);
  });
});
