import { Client } from 'fhir-kit-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { type CreatedSandbox, createSandbox, request } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
let sandbox: CreatedSandbox;
beforeAll(async () => {
  service = await startService(folder.path);
  const participants = { contributor: { mode: 'external' }, 'other-contributor': { mode: 'external' } };
  sandbox = await createSandbox(service.url, {
    pattern: 'shared-repository',
    dialect: 'fhir-r4',
    auth: 'bearer',
    participants,
  });
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const PLAN = { resourceType: 'CarePlan', id: 'shared-plan' } as const;

/** The client gives every resource one loose type; what it is was asked for. */
const typed = <T>(resource: unknown): T => resource as T;

/** The reply is kept beside what it brought. */
const readPlan = async (client: Client): Promise<{ plan: fhir4.CarePlan; etag: string }> => {
  const plan = await client.read(PLAN);
  const { response } = Client.httpFor(plan);
  return { plan: typed<fhir4.CarePlan>(plan), etag: response?.headers.get('etag') ?? '' };
};

const put = (client: Client, plan: fhir4.CarePlan, etag: string) =>
  client.update({ ...PLAN, body: { ...plan }, options: { headers: { 'if-match': etag } } });

describe('two organisations with fhir-kit-client, which we did not write', () => {
  it('run into a conflict on one record, and the second merges', async () => {
    const [mine, theirs] = ['the Contributor', 'another contributor'].map((title) => {
      const found = sandbox.endpoints.find(
        ({ participant, note }) => participant === 'repository' && note?.includes(`that of ${title}:`),
      );
      return new Client({ baseUrl: sandbox.fhir, bearerToken: found?.credential ?? '' });
    });
    if (mine === undefined || theirs === undefined) throw new Error('no clients');
    const [first, second] = [await readPlan(mine), await readPlan(theirs)];
    await put(mine, { ...first.plan, title: 'Reviewed' }, first.etag);
    const note = { text: 'Seen at school' };
    const changed = { ...second.plan, note: [...(second.plan.note ?? []), note] };
    await expect(put(theirs, changed, second.etag)).rejects.toMatchObject({ response: { status: 412 } });
    const now = await readPlan(theirs);
    await put(theirs, { ...now.plan, note: [...(now.plan.note ?? []), note] }, now.etag);
    const { plan } = await readPlan(mine);
    expect(plan).toMatchObject({ title: 'Reviewed', note: expect.arrayContaining([note]), meta: { versionId: '3' } });

    // What they did is judged by what the sandbox saw of it: the second read again, and overwrote nothing.
    const judged = await request(service.url, 'POST', `/api/sandboxes/${sandbox.id}/conformance`, {
      key: sandbox.key,
      body: { participant: 'other-contributor' },
    });
    const { requirements } = judged.body as { requirements: readonly { id: string; verdict: string }[] };
    expect(requirements.find(({ id }) => id === 'SHR-04')?.verdict).toBe('pass');
  });
});
