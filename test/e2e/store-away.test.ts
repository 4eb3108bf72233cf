import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, postgresIsMissing, startPostgres } from '../engines/postgres.ts';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { type CreatedSandbox, createSandbox } from './sandbox-client.ts';

const folder = temporaryFolder();
const WRITERS = 8;

describe.skipIf(postgresIsMissing())('a service whose PostgreSQL is stopped', { timeout: 120_000 }, () => {
  let server: Postgres;
  let service: Service;
  let sandbox: CreatedSandbox;
  beforeAll(async () => {
    server = await startPostgres();
    // So long it waits for a server that went, in milliseconds, before it says so.
    service = await startService(folder.path, { STORE_URL: `${await server.createDatabase()}?wait=200` });
    sandbox = await createSandbox(service.url);
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    await server.remove();
    folder.remove();
  });

  const put = (id: string): Promise<Response> =>
    fetch(`${sandbox.fhir}/Patient/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Patient', id }),
    });
  const control = (): Promise<Response> =>
    fetch(`${service.url}/api/sandboxes/${sandbox.id}`, { headers: { authorization: `Bearer ${sandbox.key}` } });
  const told = async (reply: Response) => ({
    status: reply.status,
    type: reply.headers.get('content-type')?.split(';')[0],
    again: Number(reply.headers.get('retry-after')) > 0,
    body: JSON.parse(await reply.text()),
  });

  it('says 503 in the words of each API, writes again once it is back, and has all that it acknowledged', async () => {
    const acknowledged: string[] = [];
    const others: number[] = [];
    const away = Promise.withResolvers<void>();
    let stopped: Promise<void> | undefined;
    let back = false;
    const writer = async (first: number): Promise<void> => {
      for (let n = first; !back; n += WRITERS) {
        const { status } = await put(`p${n}`);
        if (status === 201) acknowledged.push(`p${n}`);
        else others.push(status);
        if (status === 503) away.resolve();
        if (acknowledged.length >= 40) stopped ??= server.stop();
      }
    };
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, first) => writer(first)));
    await away.promise;
    await stopped;

    expect(await told(await put('refused'))).toMatchObject({
      status: 503,
      type: 'application/fhir+json',
      again: true,
      body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'transient' }] },
    });
    expect(await told(await control())).toMatchObject({
      status: 503,
      type: 'application/problem+json',
      again: true,
      body: { status: 503, detail: 'The store cannot be reached at the moment; nothing was changed' },
    });
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);

    await server.start();
    while ((await put('back')).status === 503);
    back = true;
    await writing;
    expect(new Set(others)).toEqual(new Set([503]));
    expect((await control()).status).toBe(200);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect(acknowledged.length).toBeGreaterThanOrEqual(40);
    const reads = await Promise.all(acknowledged.map((id) => fetch(`${sandbox.fhir}/Patient/${id}`)));
    expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
  });
});
