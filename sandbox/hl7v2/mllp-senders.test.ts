import { afterEach, describe, expect, it } from 'vitest';
import { admit, connectRaw, frame, type Hospital, openHospital, type Sample } from './hospital.test-data.ts';
import { type Hl7Message, parseMessage } from './message.ts';

const open: { close(): unknown }[] = [];
const start = async (...given: Parameters<typeof openHospital>): Promise<Hospital> => {
  const hospital = await openHospital(...given);
  open.push(hospital);
  return hospital;
};
const dial = async (hospital: Hospital, participant?: string) => {
  const client = connectRaw(await hospital.port(participant));
  open.push({ close: () => client.socket.destroy() });
  return client;
};
/** Sends each of them on a connection of its own turn, and gives the acknowledgements. */
const ask = async (hospital: Hospital, ...messages: readonly string[]): Promise<Hl7Message[]> => {
  const client = await dial(hospital);
  const replies: Hl7Message[] = [];
  for (const message of messages) {
    client.write(frame(message));
    replies.push(parseMessage((await client.next()).content));
  }
  return replies;
};
const codes = (replies: readonly Hl7Message[]) =>
  replies.map((reply) => `${reply.text('MSA-1')} ${reply.text('MSA-2')}`);

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

describe('a control id that comes again', () => {
  it('gets the same bytes and has no second effect, from the same sender', async () => {
    const hospital = await start();
    const client = await dial(hospital);
    const send = async (message: string) => {
      client.write(frame(message));
      return (await client.next()).content.toString();
    };
    const first = await send(admit());
    expect(await send(admit())).toBe(first);
    expect(await send(admit({ name: 'JONES' }))).toBe(first);
    expect(await send(admit({ sender: 'OTHER|RCB' }))).not.toBe(first);
    expect(await hospital.admissions()).toMatchObject([{ name: 'SMITH', times: 2 }]);
    const notes = (await hospital.exchanges()).map(({ note }) => note?.slice(0, 27));
    expect(notes).toEqual([undefined, 'This control id came before', 'This control id came before', undefined]);
  });

  it('gets its AE again while it is the same message, and is judged anew when its content was put right', async () => {
    const hospital = await start();
    const client = await dial(hospital);
    const send = async (message: string) => {
      client.write(frame(message));
      return (await client.next()).content.toString();
    };
    const wrong = await send(admit({ sex: 'X' }));
    expect(await send(admit({ sex: 'X' }).replace('20260101101418', '20260101101500'))).toBe(wrong);
    const right = await send(admit());
    expect(right).toContain('MSA|AA|M1');
    expect(await send(admit({ sex: 'X' }))).toBe(right);
    expect(await hospital.admissions()).toMatchObject([{ times: 1 }]);
  });

  it('is not given up for a message of that id that is no message', async () => {
    const hospital = await start();
    const broken = admit({ name: 'NUL\0' });
    expect(codes(await ask(hospital, admit(), broken, broken, admit()))).toEqual(['AA M1', 'AE M1', 'AE M1', 'AA M1']);
    expect(hospital.logged).toEqual([]);
  });

  it('is judged anew after AR', async () => {
    const hospital = await start();
    expect(codes(await ask(hospital, admit({ version: '9' }), admit()))).toEqual(['AR M1', 'AA M1']);
  });

  it('has one effect also when it comes on many connections at once', async () => {
    const hospital = await start();
    const clients = await Promise.all(Array.from({ length: 8 }, () => dial(hospital)));
    for (const client of clients) client.write(frame(admit()));
    const replies = await Promise.all(clients.map(async (client) => (await client.next()).content.toString()));
    expect(new Set(replies).size).toBe(1);
    expect(await hospital.admissions()).toMatchObject([{ times: 1 }]);
  });
});

describe('who a message is from', () => {
  const from = async (seats: Parameters<typeof openHospital>[0], sample: Sample) => {
    const hospital = await start(seats);
    await ask(hospital, admit(sample));
    const [exchange] = await hospital.exchanges();
    return `${exchange?.from} ${exchange?.claimed}`;
  };

  it.each([
    [{}, {}, 'ward true'],
    [{}, { sender: 'Clinic|X', type: 'ADT^A08' }, 'clinic true'],
    [{}, { sender: 'X|WARD', type: 'ADT^A08' }, 'ward true'],
    [{}, { sender: 'X|Y', type: 'ADT^A08' }, 'unknown false'],
    [{ clinic: 'external' }, { sender: 'X|Y', type: 'ADT^A08' }, 'clinic false'],
    [{ ward: 'external' }, { sender: '|' }, 'ward false'],
  ] as const)('with seats %j and %j it is %s', async (seats, sample, expected) => {
    expect(await from(seats, sample)).toBe(expected);
  });

  it('is the owner of the credential in MSH-8, which a sandbox can ask for', async () => {
    const hospital = await start();
    const [row] = await hospital.host.sql.query<{ credential: string }>(
      "select credential from participant where name = 'clinic'",
    );
    await hospital.host.sql.transaction((tx) => tx.query("update sandbox set auth = 'bearer'"));
    const signed = admit({ id: 'M2' }).replace('||ADT', `|${row?.credential}|ADT`);
    expect(codes(await ask(hospital, admit(), signed))).toEqual(['AE M1', 'AA M2']);
    const [, exchange] = await hospital.exchanges();
    expect([exchange?.from, exchange?.claimed]).toEqual(['clinic', false]);
    expect(exchange?.request?.body).toContain('|[redacted]|ADT');
  });
});
