import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../sandbox/config.ts';
import { testEnvironment } from '../../sandbox/engines.test-data.ts';
import { type RunningService, startService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';

let service: RunningService;
let api: CheckedApi;
beforeAll(async () => {
  service = await startService(readConfig({ PORT: '0', ...(await testEnvironment()), LOG_LEVEL: 'silent' }), {
    people: 1,
  });
  api = await checkedApi(service.url);
});
afterAll(() => service.close());

interface Box {
  readonly id: string;
  readonly key: string;
  readonly worklist: boolean;
  readonly participants: readonly { name: string; acts: readonly { id: string }[] }[];
}
interface Item {
  readonly participant: string;
  readonly state: string;
  readonly choices: readonly { act: string; input: Record<string, unknown>; asks?: { name: string } }[];
}

const create = async (pattern: string, dialect?: string): Promise<Box> =>
  (await api<Box>('POST', '/api/sandboxes', { body: { pattern, ...(dialect === undefined ? {} : { dialect }) } })).body;

describe('the worklist of a sandbox', () => {
  it('lists what waits for people, with acts that decide about it', async () => {
    const { id, key, worklist } = await create('asynchronous-request-response');
    expect(worklist).toBe(true);
    const path = `/api/sandboxes/${id}`;
    await api('POST', `${path}/participants/requester/acts/send-referral`, { key, body: { patient: '9000000009' } });
    const { body } = await api<{ items: Item[] }>('GET', `${path}/worklist`, { key });
    expect(body.items).toMatchObject([{ participant: 'provider', state: 'requested' }]);
    const reject = body.items[0]?.choices.find(({ act }) => act === 'reject');
    expect(reject?.asks?.name).toBe('reason');
    const decided = await api('POST', `${path}/participants/provider/acts/reject`, {
      key,
      body: { ...reject?.input, reason: 'Not here' },
    });
    expect(decided.status).toBe(200);
    expect((await api('GET', `${path}/worklist`, { key })).body).toEqual({ items: [] });
  });

  it('is empty where the pattern has no such work, and needs a key', async () => {
    const { id, key, worklist } = await create('synchronous-request-response');
    expect(worklist).toBe(false);
    expect((await api('GET', `/api/sandboxes/${id}/worklist`, { key })).body).toEqual({ items: [] });
    expect((await api('GET', `/api/sandboxes/${id}/worklist`)).status).toBe(401);
  });
});

describe('an act that belongs to some dialects', () => {
  it('is listed and done in those, and in another neither', async () => {
    const attempt = async (dialect: string) => {
      const { id, key, participants } = await create('information-push', dialect);
      const path = `/api/sandboxes/${id}/participants/sender`;
      const acts = participants.find(({ name }) => name === 'sender')?.acts ?? [];
      const sent = await api<object>('POST', `${path}/acts/send-notification`, {
        key,
        body: { patient: '9000000009' },
      });
      return { listed: acts.some(({ id: act }) => act === 'send-notification'), sent };
    };
    for (const dialect of ['fhir-r4', 'hl7v2-itk'])
      expect(await attempt(dialect)).toMatchObject({ listed: true, sent: { status: 200 } });
    const { listed, sent } = await attempt('mesh');
    expect([listed, sent.status]).toEqual([false, 404]);
    expect(JSON.stringify(sent.body)).toContain('in the dialect mesh, only in fhir-r4, hl7v2-itk; there are send-mail');
  });
});
