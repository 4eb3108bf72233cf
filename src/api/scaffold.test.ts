import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningService, startService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { echoConfig } from './test/echo-service.ts';

let service: RunningService;
let api: CheckedApi;
beforeAll(async () => {
  service = await startService(await echoConfig({}));
  api = await checkedApi(service.url);
});
afterAll(() => service.close());

const PATTERN = 'synchronous-request-response';
const download = async (query = ''): Promise<{ readonly response: Response; readonly bytes: Uint8Array }> => {
  const response = await fetch(`${service.url}/api/patterns/${PATTERN}/scaffold${query}`);
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
};

describe('a pattern as a project to take away', () => {
  it('is a zip of its files, the same for the same question', async () => {
    const { response, bytes } = await download();
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${PATTERN}.zip"`);
    const files = unzipSync(bytes);
    expect(Object.keys(files)).toContain(`${PATTERN}/patterns/${PATTERN}/app.ts`);
    expect(Buffer.from((await download()).bytes).equals(Buffer.from(bytes))).toBe(true);
  });

  it('has the decision that it is made from, which then names it', async () => {
    const answers = { Q1: 'yes', Q2: 'yes', Q3: 'yes' };
    const recorded = await api<{ id: string }>('POST', '/api/decisions', {
      body: { title: 'Ask the GP system', status: 'accepted', answers },
    });
    const { id } = recorded.body;
    const { bytes } = await download(`?decision=${id}&dialect=pds`);
    const readme = unzipSync(bytes)[`${PATTERN}/README.md`] ?? new Uint8Array();
    expect(Buffer.from(readme).toString()).toContain('Ask the GP system');
    const { body } = await api('GET', `/api/decisions/${id}`);
    expect(body.scaffolds).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    const elsewhere = await api('GET', `/api/patterns/shared-repository/scaffold?decision=${id}`);
    expect(elsewhere).toMatchObject({ status: 409, body: { errors: [{ detail: expect.stringContaining(PATTERN) }] } });
  });

  it('says on what it can run, what is part of it first', async () => {
    const { body } = await api<{ stores: object[]; brokers: { id: string }[] }>('GET', '/api/engines');
    expect(body.stores[0]).toEqual({ id: 'sqlite', title: 'SQLite, a file' });
    expect(body.brokers.map(({ id }) => id)).toEqual(['local', 'amqp', 'redis']);
    const refused = await api('GET', `/api/patterns/${PATTERN}/scaffold?broker=pigeon`);
    expect(refused.body).toMatchObject({
      errors: [{ at: 'broker', detail: 'There is no broker pigeon; there are local, amqp, redis' }],
    });
  });

  it.each([
    ['a pattern that is not there', '/api/patterns/nothing/scaffold', 404],
    ['a decision that is not there', `/api/patterns/${PATTERN}/scaffold?decision=none`, 400],
    ['an engine that there is not', `/api/patterns/${PATTERN}/scaffold?broker=pigeon`, 400],
    ['an engine that has no name', `/api/patterns/${PATTERN}/scaffold?store=../sql`, 400],
    ['a dialect that it does not speak', `/api/patterns/${PATTERN}/scaffold?dialect=klingon`, 409],
  ])('is refused for %s', async (_, path, status) => {
    expect((await api('GET', path)).status).toBe(status);
  });
});
