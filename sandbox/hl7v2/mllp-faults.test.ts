import { afterEach, describe, expect, it } from 'vitest';
import { type NewFault, replaceFaults } from '../faults.ts';
import { admit, connectRaw, frame, type Hospital, openHospital, type RawClient } from './hospital.test-data.ts';
import { parseMessage } from './message.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const start = async (...faults: readonly NewFault[]): Promise<{ hospital: Hospital; client: RawClient }> => {
  const hospital = await openHospital();
  open.push(hospital);
  await hospital.host.sql.transaction((tx) => replaceFaults(tx, 1, faults));
  const client = connectRaw(await hospital.port());
  open.push({ close: () => client.socket.destroy() });
  return { hospital, client };
};
const strike = (effect: NewFault['effect'], more: Partial<NewFault> = {}): NewFault => ({
  participant: 'register',
  effect,
  ...more,
});
const ask = async (client: RawClient, message: string): Promise<string> => {
  client.write(frame(message));
  const reply = parseMessage((await client.next()).content);
  return `${reply.text('MSA-1')} ${reply.text('MSA-2')}`;
};

describe('a fault at the MLLP edge', () => {
  it.each(['AE', 'AR'] as const)('answers %s in place of the receiver, before any effect', async (as) => {
    const { hospital, client } = await start(strike({ kind: 'mllp', as }, { times: 1 }));
    expect([await ask(client, admit()), await ask(client, admit())]).toEqual([`${as} M1`, 'AA M1']);
    expect(await hospital.admissions()).toMatchObject([{ times: 1 }]);
    const [exchange] = await hospital.exchanges();
    expect([exchange?.fault, exchange?.summary]).toEqual([`acknowledgement ${as} (fault-1)`, `ADT^A01 M1 → ${as}`]);
  });

  it('acknowledges another message, after the effect', async () => {
    const { hospital, client } = await start(strike({ kind: 'mllp', as: 'wrong-id' }));
    expect(await ask(client, admit())).toBe('AA M1X');
    expect(await hospital.admissions()).toHaveLength(1);
  });

  it('says nothing and keeps the connection', async () => {
    const { hospital, client } = await start(strike({ kind: 'mllp', as: 'none' }, { match: 'M1' }));
    client.write(frame(admit()));
    expect(await ask(client, admit({ id: 'M2' }))).toBe('AA M2');
    expect(await hospital.admissions()).toMatchObject([{ times: 2 }]);
    const [exchange] = await hospital.exchanges();
    expect(exchange?.summary).toBe('ADT^A01 M1 — no acknowledgement');
  });

  it('sends half a frame and closes', async () => {
    const { client } = await start(strike({ kind: 'mllp', as: 'half-frame' }));
    client.write(frame(admit()));
    expect(await client.closed).toBe('closed');
    const received = client.received();
    expect([received.subarray(1, 4).toString(), received.includes(0x1c)]).toEqual(['MSH', false]);
  });

  it('sends what is no frame', async () => {
    const { client } = await start(strike({ kind: 'mllp', as: 'garbage' }), strike({ kind: 'drop' }, { match: 'M2' }));
    client.write(Buffer.concat([frame(admit()), frame(admit({ id: 'M2' }))]));
    await client.closed;
    expect(client.received().includes('\x0b')).toBe(false);
    expect(client.received().toString('latin1')).toContain('no frame');
  });

  it('breaks the connection off', async () => {
    const { client, hospital } = await start(strike({ kind: 'mllp', as: 'reset' }));
    client.write(frame(admit()));
    expect(await client.closed).toBe('reset');
    expect(await hospital.admissions()).toHaveLength(1);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('closes the connection %s the effect', async (when, count) => {
    const { client, hospital } = await start(strike({ kind: 'drop', when }));
    client.write(frame(admit()));
    expect(await client.closed).toBe('closed');
    expect(await hospital.admissions()).toHaveLength(count);
  });

  it.each([{ kind: 'mllp', as: 'late', ms: 60 } as const, { kind: 'latency', ms: 60 } as const])(
    'lets the acknowledgement wait: %j',
    async (effect) => {
      const { client } = await start(strike(effect));
      const began = performance.now();
      expect(await ask(client, admit())).toBe('AA M1');
      expect(performance.now() - began).toBeGreaterThan(59);
    },
  );

  it('strikes only the type and the values that it is meant for', async () => {
    const as = (code: 'AE' | 'AR', more: Partial<NewFault>) => strike({ kind: 'mllp', as: code }, more);
    const { client } = await start(
      as('AR', { operation: 'ADT^A08' }),
      as('AE', { match: 'JONES' }),
      { participant: 'archive', effect: { kind: 'mllp', as: 'AR' } },
      strike({ kind: 'status', status: 503 }, { times: 1 }),
    );
    const codes = [
      await ask(client, admit()),
      await ask(client, admit({ id: 'M2', type: 'ADT^A08' })),
      await ask(client, admit({ id: 'M3', name: 'JONES' })),
      await ask(client, admit({ id: 'M4', name: 'JONESON' })),
    ];
    expect(codes).toEqual(['AA M1', 'AR M2', 'AE M3', 'AA M4']);
  });

  it('strikes the same messages in the same run', async () => {
    const run = async () => {
      const { client } = await start(strike({ kind: 'mllp', as: 'AR' }, { probability: 0.5 }));
      const codes: string[] = [];
      for (let n = 0; n < 16; n += 1) codes.push((await ask(client, admit({ id: `N${n}` }))).slice(0, 2));
      return codes;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set(['AA', 'AR']));
    expect(await run()).toEqual(first);
  });
});
