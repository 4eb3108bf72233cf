import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { timestampOf, writeToken } from '../../../../sandbox/dialects/mesh-token.ts';
import { call } from '../../../../sandbox/pattern-harness.test-data.ts';
import { type Box, sandboxes } from '../sandboxes.test-data.ts';

const { open, act, listed, advance, seen, sandboxOf, fault } = sandboxes('mns');
const DAY = 24 * 3_600_000;

/** As a supplier's MESH client asks, by a token of its own. */
const ask = async (box: Box, path: string, headers: Readonly<Record<string, string>> = {}) => {
  const { participants } = await sandboxOf(box);
  const password = participants.find(({ name }) => name === 'subscriber')?.credential ?? '';
  const parts = { mailbox: 'X26ABC1', nonce: randomUUID(), count: '0', timestamp: timestampOf(Date.now()) };
  const authorization = writeToken(parts, password);
  return fetch(`${box.base}/broker/messageexchange/X26ABC1${path}`, { headers: { authorization, ...headers } });
};

describe('a subscription whose endpoint is a mailbox', () => {
  it.each(['application/fhir+json', 'application/json'])(
    'has its signals put there, in %s, where the subscriber finds, keeps and acknowledges them',
    async (payload) => {
      const box = await open();
      const made = await act(box, 'subscriber', 'subscribe-to-events', { byMail: true, payload });
      expect(made).toMatchObject({
        status: 201,
        endpoint: expect.stringMatching(/^mesh:\/\/X26ABC1\?workflow_id=MNS_s/),
      });
      await act(box, 'publisher', 'change-address', { patient: '9000000009' });
      expect((await listed(box)).received).toEqual([]);
      await advance(box, 5 * 60_000);
      expect((await listed(box)).received).toMatchObject([
        { kind: 'pds-record-change-2', outcome: 'new', focus: 'Patient/9000000009' },
      ]);
      const calls = await seen(box, 'checkInbox', 'downloadMessage', 'acknowledgeMessage');
      expect(calls.map(({ from, reply }) => [from, reply?.status])).toEqual([
        ['subscriber', 200],
        ['subscriber', 200],
        ['subscriber', 200],
      ]);
      expect(calls[1]?.reply?.headers).toMatchObject({ 'mex-from': 'X26MNS001', 'content-type': payload });
    },
  );

  it('can be read by a client of MESH, in the words of MESH, by tokens; the rest is spoken as MNS does', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-to-events', { byMail: true });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    const { messages } = (await (await ask(box, '/inbox')).json()) as { messages: string[] };
    expect(messages).toHaveLength(1);
    const signal = await (await ask(box, `/inbox/${messages[0]}`)).json();
    expect(signal).toMatchObject({ resourceType: 'Bundle', type: 'history' });
    const refused = await ask(box, '/inbox', { authorization: 'Bearer x' });
    expect([refused.status, await refused.json()]).toEqual([403, expect.objectContaining({ errorCode: '403' })]);
    expect(await call(`${box.base}/broker/subscriptions`)).toMatchObject({
      status: 400,
      body: { validationErrors: { 'X-Correlation-ID': expect.any(String) } },
    });
  });

  it('is not delivered where nobody collects: after five days it is gone from the inbox', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-to-events', { byMail: true });
    await fault(box, { participant: 'broker', operation: 'checkInbox', effect: { kind: 'status', status: 503 } });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    await advance(box, 5 * DAY + 60_000);
    await fault(box);
    expect(await (await ask(box, '/inbox')).json()).toEqual({ messages: [] });
  });
});

describe('hydration', () => {
  it('brings along what dataref points to, and the version; where that cannot be had, it says so', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-to-events', { hydrated: true });
    await act(box, 'publisher', 'change-address', { patient: '9000000009' });
    await fault(box, { participant: 'publisher', operation: 'readPatient', effect: { kind: 'status', status: 403 } });
    await act(box, 'publisher', 'change-address', { patient: '9000000017' });
    const bundles = (await seen(box, 'receiveFromQueue')).flatMap(({ reply }) =>
      (JSON.parse(reply?.body ?? '{}').messages ?? []).map(({ body }: { body: object }) => body),
    );
    expect(bundles).toMatchObject([
      {
        entry: [
          { resource: { resourceType: 'Parameters' } },
          { resource: { resourceType: 'Patient', id: '9000000009' }, response: { status: '200' } },
        ],
      },
      { entry: [{}, { response: { status: '403' } }] },
    ]);
    expect(JSON.stringify(bundles[0])).toContain('"version-id","valueString":"W/');
    expect(bundles[1].entry[1].resource).toBeUndefined();
  });
});
