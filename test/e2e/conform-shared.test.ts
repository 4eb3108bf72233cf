import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Box, driven, freePort, owner } from './conform-harness.test-data.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { json } from './sandbox-client.ts';

const PATTERN = 'shared-repository';
const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const { control, open, seat } = owner(() => service.url);

const credentialOf = (box: Box, title: string): string =>
  box.endpoints.find(({ participant, note }) => participant === 'repository' && note?.includes(`that of ${title}:`))
    ?.credential ?? '';

/** A sandbox that asks for credentials; the requester's seat is the run's listener, and its organisation may do nothing. */
const ready = async (dialect: string, port: number): Promise<Box> => {
  const box = await open({ pattern: PATTERN, dialect, auth: 'bearer' });
  await seat(box, 'requester', port);
  await control(box, 'POST', '/participants/repository/acts/set-permissions', {
    organisation: 'X99100',
    permissions: [],
  });
  return box;
};

const run = async (dialect: string) => {
  const port = await freePort();
  const box = await ready(dialect, port);
  const bearer = (title: string): string => `Bearer ${credentialOf(box, title)}`;
  const target = `${service.url}/sandboxes/${box.id}/repository/FHIR/R4`;
  const profile = {
    timeout: 5_000,
    listen: { port },
    credentials: {
      authorization: bearer('the Contributor'),
      other: bearer('another contributor'),
      withoutRight: bearer('the Requester'),
    },
  };
  return driven({ pattern: PATTERN, dialect, target, profile });
};

const RECORDS = [
  'SHR-01',
  'SHR-02',
  'SHR-03',
  'SHR-05',
  'SHR-06',
  'SHR-07',
  'SHR-08',
  'SHR-09',
  'SHR-11',
  'COM-03',
  'COM-04',
  'COM-09',
];
const PASSED: Readonly<Record<string, readonly string[]>> = {
  'fhir-r4': [...RECORDS, 'SHR-10', 'COM-05', 'COM-11'],
  imms: [...RECORDS, 'COM-06'],
  pds: ['SHR-03', 'SHR-05', 'SHR-07', 'SHR-11', 'COM-03', 'COM-06', 'COM-09'],
};

describe('a shared repository', () => {
  it.each(['fhir-r4', 'imms', 'pds'])('passes when it is our own sandbox, in %s', async (dialect) => {
    const { failed, verdictOf, report } = await run(dialect);
    expect(
      report.requirements
        .flatMap(({ checks }) => checks)
        .filter(({ verdict }) => verdict === 'fail' || verdict === 'error'),
    ).toEqual([]);
    expect(failed).toEqual([]);
    for (const id of PASSED[dialect] ?? []) expect([id, verdictOf(id)]).toEqual([id, 'pass']);
  });

  it('lets a browser in by the address alone, and nobody else without a credential', async () => {
    const box = await ready('imms', await freePort());
    const base = `${service.url}/sandboxes/${box.id}/repository`;
    const authorization = `Bearer ${credentialOf(box, 'the Contributor')}`;
    const asked = await fetch(`${base}/launch`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ record: 'Immunization/3f0c8a5e-6a53-4b7c-9a51-5d1f0c9e2b71' }),
    });
    const { url } = await json<{ url: string }>(asked);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url)).status).toBe(410);
    expect((await fetch(`${base}/permissions`)).status).toBe(401);
  });
});
