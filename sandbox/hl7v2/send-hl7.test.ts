import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createCtx } from '../context.ts';
import type { NewFault } from '../faults.ts';
import { replaceFaults } from '../faults.ts';
import { findParticipant, loadSandbox } from '../participants.ts';
import { ProblemError } from '../problem.ts';
import { acknowledge, type Code } from './acknowledge.ts';
import { admit, type Hospital, openHospital } from './hospital.test-data.ts';
import { parseMessage } from './message.ts';
import type { Answer } from './mllp-connection.ts';
import { FrameDecoder, frameOf } from './mllp-frames.ts';
import { listenMllp } from './mllp-server.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const start = async (seats: Readonly<Record<string, 'external' | 'stopped'>> = {}): Promise<Hospital> => {
  const hospital = await openHospital(seats);
  open.push(hospital);
  return hospital;
};
/** As the ward. */
const send = async ({ host }: Hospital, to: string, message: string, timeout = 5000) => {
  const sandbox = await loadSandbox(host.sql, 's');
  const ward = sandbox && findParticipant(sandbox, 'ward');
  if (sandbox === undefined || ward === undefined) throw new Error('no ward');
  const { dialect } = await (await host.pattern('hospital')).dialect('plain');
  return createCtx(host, sandbox, ward, dialect).sendHl7(to, { message, timeout });
};
const reasonOf = async (sending: Promise<unknown>): Promise<string> => {
  try {
    await sending;
  } catch (error) {
    if (error instanceof ProblemError) return `${error.problem.condition}: ${error.faults[0]?.detail}`;
    throw error;
  }
  throw new Error('it was acknowledged');
};
const inject = ({ host }: Hospital, faults: readonly NewFault[]) =>
  host.sql.transaction((tx) => replaceFaults(tx, 1, faults));

describe('a message to a simulated participant', () => {
  it('is recorded once, with its real bytes, and acknowledged', async () => {
    const hospital = await start();
    const { reply, ...acknowledged } = await send(hospital, 'register', admit());
    const exchanges = await hospital.exchanges();
    expect(acknowledged).toEqual({ code: 'AA', exchange: exchanges[0]?.id });
    expect(exchanges).toMatchObject([
      {
        kind: 'mllp',
        from: 'ward',
        claimed: false,
        to: 'register',
        request: { url: 'mllp://register', body: admit() },
        reply: { body: Buffer.from(reply ?? '').toString() },
      },
    ]);
    expect(await hospital.admissions()).toMatchObject([{ sender: 'ward' }]);
  });

  it('is refused with what is wrong', async () => {
    const { code, text } = await send(await start(), 'register', admit({ sex: 'X' }));
    expect([code, text]).toEqual(['AE', 'PID-8: X is no sex']);
  });

  it('that is stopped is AR, and that is none is not found', async () => {
    const hospital = await start({ register: 'stopped' });
    expect((await send(hospital, 'register', admit())).code).toBe('AR');
    expect(await reasonOf(send(hospital, 'nobody', admit()))).toMatch(/^not-found: /);
  });
});

/** A listener that we did not write: answers as it is told. */
const elsewhere = async (answer: (message: string) => Answer | Promise<Answer>): Promise<string> => {
  const handle = async ({ content }: { content: Buffer }) => answer(content.toString());
  const server = await listenMllp({ host: '127.0.0.1', ports: [0], handle });
  open.push({ close: () => server.close(0) });
  return `mllp://127.0.0.1:${server.ports[0]}`;
};
const toward = async (url: string | null): Promise<Hospital> => {
  const hospital = await start({ register: 'external' });
  await hospital.host.sql.transaction((tx) =>
    tx.query("update participant set url = $1 where name = 'register'", [url]),
  );
  return hospital;
};
const reply = (message: string, code: Code): Buffer =>
  frameOf(acknowledge(parseMessage(message), { code, controlId: 'X', now: 0 }).toBytes());

describe('a message to an external participant', () => {
  it('goes on the connection of the one before, in order, and on another once that was closed', async () => {
    const ports = new Set<number | undefined>();
    const seen: string[] = [];
    const server = createServer((socket) => {
      ports.add(socket.remotePort);
      const decoder = new FrameDecoder(1 << 20);
      socket.on('data', (chunk: Buffer) => {
        for (const { content } of decoder.push(chunk)) {
          const id = parseMessage(content).text('MSH-10');
          seen.push(id);
          socket.write(reply(content.toString(), 'AA'));
          if (id === 'M4') socket.end();
        }
      });
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(server);
    const address = server.address();
    const hospital = await toward(`mllp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    for (const id of ['M1', 'M2', 'M3', 'M4']) await send(hospital, 'register', admit({ id }));
    expect([seen, ports.size]).toEqual([['M1', 'M2', 'M3', 'M4'], 1]);
    // A connection that the other side closes may take a message with it, and nobody knows whether it acted.
    await send(hospital, 'register', admit({ id: 'M5' })).catch(() => send(hospital, 'register', admit({ id: 'M5' })));
    expect([seen.at(-1), ports.size]).toEqual(['M5', 2]);
  });

  it.each([
    ['ER', { exchange: expect.any(String) }],
    ['SU', 'upstream-failed: register said nothing, which MSH-15 (SU) makes a refusal'],
  ])('is silently accepted or refused as MSH-15 asks: %s', async (msh15, expected) => {
    const hospital = await toward(await elsewhere(() => ({})));
    const sending = send(hospital, 'register', admit({ msh15 }), 50);
    expect(await (msh15 === 'SU' ? reasonOf(sending) : sending)).toEqual(expected);
  });

  it('goes over TCP, and is recorded with what came back', async () => {
    const seen: string[] = [];
    const url = await elsewhere((message) => {
      seen.push(message);
      return { wire: reply(message, 'AA') };
    });
    const hospital = await toward(url);
    const acknowledged = await send(hospital, 'register', admit());
    expect(acknowledged.code).toBe('AA');
    expect(seen).toEqual([admit()]);
    expect(await hospital.exchanges()).toMatchObject([
      {
        id: acknowledged.exchange,
        kind: 'mllp',
        from: 'ward',
        to: 'register',
        operation: 'ADT^A01',
        summary: 'ADT^A01 M1 → AA',
        request: { url, body: admit() },
        reply: { body: Buffer.from(acknowledged.reply ?? '').toString() },
      },
    ]);
  });

  it.each<[string, (message: string) => Answer | Promise<Answer>, string]>([
    [
      'another control id',
      (message) => ({ wire: reply(message.replace('M1', 'M0'), 'AA') }),
      'upstream-failed: register acknowledged another message',
    ],
    [
      'no message',
      () => ({ wire: frameOf(Buffer.from('ok')) }),
      'upstream-failed: register answered with something that is no HL7',
    ],
    [
      'no MSA',
      (message) => ({ wire: frameOf(Buffer.from(message)) }),
      'upstream-failed: register answered without an acknowledgement code',
    ],
    [
      'no frame',
      () => ({ wire: Buffer.from('ok'), close: 'end' }),
      'upstream-failed: register sent something that is no frame',
    ],
    [
      'half a frame',
      (message) => ({ wire: reply(message, 'AA').subarray(0, 40), close: 'end' }),
      'upstream-failed: register sent something that is no frame',
    ],
    ['nothing', () => ({ close: 'end' }), 'upstream-failed: register closed the connection'],
    ['a reset', () => ({ close: 'reset' }), 'upstream-failed: register broke the connection off'],
    ['silence', () => ({}), 'upstream-timeout: register did not acknowledge within 1000 ms'],
  ])('is not acknowledged by %s', async (_, answer, reason) => {
    const hospital = await toward(await elsewhere(answer));
    expect(await reasonOf(send(hospital, 'register', admit(), 1000))).toContain(reason);
    const [exchange] = await hospital.exchanges();
    expect(exchange?.note).toContain(reason.split(': ')[1]);
    expect(exchange?.summary).toBe('ADT^A01 M1 — no acknowledgement');
  });

  it.each([
    [null, 'participant-without-url: '],
    ['http://127.0.0.1:1', 'outbound-refused: HL7 v2 goes to a URL such as mllp://'],
    ['mllp://127.0.0.1', 'outbound-refused: HL7 v2 goes to a URL such as mllp://'],
    ['mllp://127.0.0.1:1/path', 'outbound-refused: A URL of MLLP has a host and a port'],
    ['mllp://10.1.2.3:2575', 'outbound-refused: 10.1.2.3 is not a public address'],
    ['mllp://127.0.0.1:1', 'upstream-failed: register refused the connection'],
  ])('at %s is refused', async (url, reason) => {
    expect(await reasonOf(send(await toward(url), 'register', admit()))).toContain(reason);
  });

  it('that asks for no acknowledgement is sent and not waited for', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const hospital = await toward(
      await elsewhere((message) => {
        resolve(message);
        return {};
      }),
    );
    const { code } = await send(hospital, 'register', admit({ msh15: 'NE' }));
    expect([code, await promise]).toEqual([undefined, admit({ msh15: 'NE' })]);
  });
});

describe('a fault between simulated participants', () => {
  it.each<[NewFault['effect'], string]>([
    [{ kind: 'mllp', as: 'wrong-id' }, 'upstream-failed: register acknowledged another message'],
    [{ kind: 'mllp', as: 'half-frame' }, 'upstream-failed: register sent something that is no frame'],
    [{ kind: 'mllp', as: 'garbage' }, 'upstream-failed: register sent something that is no frame'],
    [{ kind: 'mllp', as: 'reset' }, 'upstream-failed: register broke the connection off'],
    [{ kind: 'mllp', as: 'none' }, 'upstream-timeout: register never acknowledged'],
    [{ kind: 'mllp', as: 'late', ms: 2000 }, 'upstream-timeout: register did not acknowledge within 1000 ms'],
    [{ kind: 'drop', when: 'after' }, 'upstream-failed: register closed the connection'],
  ])('%j is no success, and the message had its effect', async (effect, reason) => {
    const hospital = await start();
    await inject(hospital, [{ participant: 'register', effect }]);
    expect(await reasonOf(send(hospital, 'register', admit(), 1000))).toContain(reason);
    expect(await hospital.admissions()).toHaveLength(1);
  });

  it('is gone when it is spent: the same message again is acknowledged, and has no second effect', async () => {
    const hospital = await start();
    await inject(hospital, [{ participant: 'register', times: 1, effect: { kind: 'mllp', as: 'none' } }]);
    await reasonOf(send(hospital, 'register', admit()));
    expect((await send(hospital, 'register', admit())).code).toBe('AA');
    expect(await hospital.admissions()).toMatchObject([{ times: 1 }]);
  });
});
