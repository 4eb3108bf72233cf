import { once } from 'node:events';
import { createServer } from 'node:http';
import { json as parsed } from 'node:stream/consumers';
import { Client } from 'fhir-kit-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { type CreatedSandbox, createSandbox, request } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
let sandbox: CreatedSandbox;
beforeAll(async () => {
  service = await startService(folder.path, { OUTBOUND_ALLOW: '127.0.0.1' });
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

/** A plain HTTP listener; `next` resolves with what is posted to it, one after the other. */
const listen = async () => {
  const posted: unknown[] = [];
  const heard: ((body: unknown) => void)[] = [];
  const server = createServer(async (call, reply) => {
    const body = await parsed(call);
    reply.end();
    const waiting = heard.shift();
    if (waiting === undefined) posted.push(body);
    else waiting(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    next: async () => posted.shift() ?? new Promise<unknown>((resolve) => heard.push(resolve)),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};

describe('the same client, where messages go', () => {
  it('subscribes, is told at a plain HTTP listener, and reads the events by number', async () => {
    const listener = await listen();
    const created = await request(service.url, 'POST', '/api/sandboxes', {
      body: { pattern: 'publish-subscribe', participants: { subscriber: { mode: 'external', url: listener.url } } },
    });
    const { id, key } = created.body as { id: string; key: string };
    const client = new Client({ baseUrl: `${service.url}/sandboxes/${id}/broker/FHIR/R4` });
    const subscription = await client.create({
      resourceType: 'Subscription',
      body: {
        resourceType: 'Subscription',
        status: 'requested',
        reason: 'A test',
        criteria: 'https://integration.example/SubscriptionTopic/patient-change',
        channel: { type: 'rest-hook', endpoint: `${listener.url}/told`, payload: 'application/fhir+json' },
      },
    });
    expect(JSON.stringify(await listener.next())).toContain('"handshake"');
    const input = { patient: '9000000009' };
    await request(service.url, 'POST', `/api/sandboxes/${id}/participants/publisher/acts/change-address`, {
      key,
      body: input,
    });
    const told = typed<fhir4.Bundle>(await listener.next());
    expect(told.entry?.[1]?.fullUrl).toBe(`${client.baseUrl}/Patient/9000000009`);
    const named = { resourceType: 'Subscription', id: String(subscription.id) };
    const events = typed<fhir4.Bundle>(await client.operation({ ...named, name: 'events', method: 'GET' }));
    expect(JSON.stringify(events)).toContain('Patient/9000000009');
    await listener.close();
  });

  it('refers somebody, decides as the clinic, and finds that in the task and the referral', async () => {
    const pattern = 'asynchronous-request-response';
    const client = new Client({ baseUrl: (await createSandbox(service.url, { pattern })).fhir });
    const resourceType = 'ServiceRequest';
    const subject = { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9000000009' } };
    const body = { resourceType, status: 'active', intent: 'order', code: { text: 'Physiotherapy' }, subject };
    const id = String((await client.create({ resourceType, body })).id);
    const searchParams = { focus: `ServiceRequest/${id}` };
    const found = typed<fhir4.Bundle<fhir4.Task>>(await client.search({ resourceType: 'Task', searchParams }));
    const task = found.entry?.[0]?.resource;
    expect(task?.status).toBe('requested');
    const jsonPatch = [{ op: 'replace' as const, path: '/status', value: 'rejected' }];
    await client.patch({ resourceType: 'Task', id: task?.id ?? '', jsonPatch });
    expect(await client.read({ resourceType, id })).toMatchObject({ status: 'revoked' });
  });
});
