import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hl7Message, parseMessage } from '../../../../sandbox/hl7v2/message.ts';
import { MllpClient } from '../../../../sandbox/hl7v2/mllp-client.ts';
import { ADT_A01, ADT_A03, ADT_A40, PPR_PC1 } from '../../../../sandbox/hl7v2/to-fhir/messages.test-data.ts';
import { call, type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';
import { TOPICS } from '../../topics.ts';

let played: Played;
let client: MllpClient;
let base: string;
beforeAll(async () => {
  played = await play(await loadThisPattern());
  base = await played.open('v2', { dialect: 'fhir-r4', seed: 1, people: 0 });
  const { port } = new URL(String(await played.mllpUrl('v2', 'broker')));
  client = new MllpClient({ address: '127.0.0.1', port: Number(port) });
});
afterAll(async () => {
  client.close();
  await played.close();
});

const send = async (text: string, values: Readonly<Record<string, string>> = {}): Promise<Hl7Message> => {
  const message = parseMessage(text);
  for (const [path, value] of Object.entries(values)) message.setEncoded(path, value);
  const reply = parseMessage(await client.send(message.toBytes(), AbortSignal.timeout(20_000)));
  await played.settled('v2');
  return reply;
};

const [PATIENTS, ENCOUNTERS] = TOPICS.map(({ url }) => url);
/** Until hands were shaken there is nothing to tell. */
const subscribe = async (who: string, topic: string | undefined) => {
  await played.act('v2', who, 'subscribe', { topic: topic ?? '', heartbeat: 0, content: 'full-resource' });
  await played.settled('v2');
};

interface Seen {
  readonly resourceType: string;
  readonly status?: string;
}

/** The records that a subscriber was brought, in order. */
const brought = async (who: string): Promise<readonly Seen[]> =>
  (await played.exchanges('v2'))
    .filter(({ to, operation, request }) => to === who && operation === 'takeNotification' && request !== undefined)
    .flatMap(({ request }): { resource?: Seen }[] => JSON.parse(request?.body ?? '{}').entry.slice(1))
    .flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
const stays = async () => (await brought('subscriber')).map(({ resourceType, status }) => `${resourceType} ${status}`);

describe('ADT in, events out', () => {
  it('tells whoever has subscribed, once, however often the message comes', async () => {
    await subscribe('subscriber', ENCOUNTERS);
    await subscribe('other-subscriber', PATIENTS);
    const first = await send(ADT_A01);
    expect(first.text('MSA-1')).toBe('AA');
    expect((await send(ADT_A01)).toBytes()).toEqual(first.toBytes());
    expect(await stays()).toEqual(['Encounter in-progress']);
    expect((await brought('other-subscriber')).map(({ resourceType }) => resourceType)).toEqual(['Patient']);
  });

  it('goes on with the same stay, and is silent where the news is older than what is known', async () => {
    await send(ADT_A03);
    await send(ADT_A01, { 'MSH-10': 'OLDER', 'EVN-6': '20200101' });
    expect(await stays()).toEqual(['Encounter in-progress', 'Encounter finished']);
    expect(await call(`${base}/broker/FHIR/R4/Encounter`)).toMatchObject({ body: { total: 1 } });
  });

  it('tells of a merge, too', async () => {
    await send(ADT_A01, { 'MSH-10': 'RETIRED', 'PID-3': 'H7654321^^^RXX01^MR', 'EVN-6': '20260302', 'PV1-19': 'V2' });
    const before = (await brought('other-subscriber')).length;
    // Somebody new: who was merged into others before (9990000018 was, in the seed) stays so.
    await send(ADT_A40, { 'EVN-6': '20260303100000+0000', 'PID-3': '9990000115^^^NHS^NH' });
    expect((await brought('other-subscriber')).slice(before)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ link: [expect.objectContaining({ type: 'replaced-by' })] }),
        expect.objectContaining({ link: [expect.objectContaining({ type: 'replaces' })] }),
      ]),
    );
  });

  it('tells nobody of what is refused', async () => {
    const before = (await brought('other-subscriber')).length;
    expect((await send(ADT_A01, { 'MSH-10': 'NOBODY', 'PID-3': '' })).text('MSA-1')).toBe('AE');
    expect((await send(PPR_PC1)).text('MSA-1')).toBe('AR');
    expect(await brought('other-subscriber')).toHaveLength(before);
  });
});
