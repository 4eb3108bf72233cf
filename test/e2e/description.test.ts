import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileContract } from '../../sandbox/contract.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { createSandbox, request } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService(folder.path);
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

interface Described {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, object>>;
}

const made = async (pattern: string, dialect: string) =>
  (await request(service.url, 'POST', '/api/sandboxes', { body: { pattern, dialect } })).body as {
    id: string;
    key: string;
  };

describe('the description of a sandbox', () => {
  it.each([
    ['synchronous-request-response', 'pds', 'provider', '/FHIR/R4/Patient/{id}'],
    ['asynchronous-request-response', 'bars', 'provider', '/FHIR/R4/$process-message'],
    ['information-push', 'mesh', 'broker', '/messageexchange/{mailbox_id}/inbox'],
    ['publish-subscribe', 'mns', 'broker', '/subscriptions/{id}'],
    ['shared-repository', 'imms', 'repository', '/FHIR/R4/Immunization/{id}'],
    ['shared-repository', 'fhir-r4', 'requester', '/availability'],
    ['registry-repository', 'nrl', 'registry', '/record-locator/producer/FHIR/R4/DocumentReference'],
    ['registry-repository', 'nrl', 'repository', '/FHIR/R4/{type}/{id}'],
    ['registry-repository', 'fhir-r4', 'registry', '/FHIR/R4/{type}/_search'],
  ])('of %s is that of the dialect %s: %s serves %s', async (pattern, dialect, participant, path) => {
    const { id, key } = await made(pattern, dialect);
    const { status, body } = await request(
      service.url,
      'GET',
      `/api/sandboxes/${id}/openapi?participant=${participant}`,
      { key },
    );
    const described = body as Described;
    expect(status).toBe(200);
    expect(described.servers[0]?.url).toBe(`${service.url}/sandboxes/${id}/${participant}`);
    expect(Object.keys(described.paths)).toContain(path);
    await compileContract({ ...described });
  });

  it('is that of the main participant unless told, without what others serve', async () => {
    const { id, key } = await made('shared-repository', 'imms');
    const { body } = await request(service.url, 'GET', `/api/sandboxes/${id}/openapi`, { key });
    const { paths, servers } = body as Described;
    expect(servers[0]?.url).toMatch(/\/repository$/);
    expect(Object.keys(paths)).toContain('/launch');
    expect(Object.keys(paths)).not.toContain('/availability');
  });

  it('comes with endpoints: who may call, and where people enter', async () => {
    const { endpoints } = await createSandbox(service.url, { pattern: 'shared-repository', dialect: 'imms' });
    const of = (name: string) => endpoints.filter(({ participant }) => participant === name);
    expect(of('requester').map(({ note }) => note)).toEqual([expect.stringContaining('that of the Repository')]);
    expect(of('repository').map(({ url }) => url.replace(/^.*\/repository/, ''))).toContain('/launch');
    expect(of('repository').filter(({ protocol }) => protocol === 'fhir-r4')).toHaveLength(3);
  });

  it('needs a key, and a participant that is there', async () => {
    const { id, key } = await made('shared-repository', 'pds');
    expect((await request(service.url, 'GET', `/api/sandboxes/${id}/openapi`)).status).toBe(401);
    expect((await request(service.url, 'GET', `/api/sandboxes/${id}/openapi?participant=nobody`, { key })).status).toBe(
      404,
    );
  });
});
