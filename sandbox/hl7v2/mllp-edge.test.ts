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

describe('a message over MLLP', () => {
  it('is kept, recorded and acknowledged', async () => {
    const hospital = await start();
    const client = await dial(hospital);
    client.write(frame(admit()));
    const { content } = await client.next();
    const [message, kept, [exchange, ...others]] = [
      parseMessage(content),
      await hospital.admissions(),
      await hospital.exchanges(),
    ];
    expect(message.names()).toEqual(['MSH', 'MSA']);
    expect(['3', '4', '5', '6', '11', '12', '18'].map((field) => message.text(`MSH-${field}`))).toEqual([
      'ROUTE',
      'TIE',
      'PAS',
      'RCB',
      'P',
      '2.4',
      'UNICODE UTF-8',
    ]);
    expect(message.encoded('MSH-9')).toBe('ACK^A01^ACK');
    expect(message.text('MSH-7')).toMatch(/^\d{14}\.\d{3}\+0000$/);
    expect(message.text('MSH-10')).toMatch(/^[0-9A-F]{20}$/);
    expect([message.encoded('MSA-1'), message.encoded('MSA-2'), message.encoded('MSA-3')]).toEqual(['AA', 'M1', '']);
    expect(kept).toEqual([{ number: '9000000009', name: 'SMITH', sender: 'ward', times: 1 }]);
    expect(others).toEqual([]);
    expect(exchange).toMatchObject({
      kind: 'mllp',
      from: 'ward',
      claimed: true,
      to: 'register',
      operation: 'ADT^A01',
      summary: 'ADT^A01 M1 → AA',
      request: { url: await hospital.mllpUrl('s', 'register'), body: admit(), encoding: 'utf8' },
      reply: { body: content.toString() },
    });
  });

  it.each([
    [{ version: '2.3' }, 'ACK^A01'],
    [{ version: '2.4' }, 'ACK^A01^ACK'],
    [{ type: 'ADT' }, 'ACK'],
    [{ type: 'REF^I12^REF_I12' }, 'RRI^I12^RRI_I12'],
    [{ type: 'OML^O21' }, 'ORL^O22^ORL_O22'],
    [{ type: 'ORM^O01', version: '2.3' }, 'ORR^O02'],
  ] satisfies [Sample, string][])('%j is answered by %s', async (sample, type) => {
    const [reply] = await ask(await start(), admit(sample));
    expect([reply?.encoded('MSH-9'), reply?.text('MSA-1')]).toEqual([type, 'AA']);
    expect(reply?.count('ORC')).toBe(type.startsWith('ORR') ? 1 : 0);
  });

  it('is answered in its own delimiters', async () => {
    const [reply] = await ask(await start(), 'MSH!$%?#!A$B!C!D!E$F!!!ADT$A01!x?F?1!P!2.4\rPID!!!1');
    expect(reply?.lines()[0]).toMatch(/^MSH!\$%\?#!D!E\$F!A\$B!C!/);
    expect(codes(reply === undefined ? [] : [reply])).toEqual(['AA x!1']);
  });

  it('is answered also where its header declares fewer delimiters than the answer needs', async () => {
    const [reply] = await ask(await start(), 'MSH|^|A^B|C|D|E|||XYZ^A01|x|P|2.5\r');
    expect(reply?.lines().map((line) => line.replace(/\|\d{14}[^|]*\|/, '|…|').replace(/[0-9A-F]{20}/, '…'))).toEqual([
      'MSH|^~\\&|D|E|A^B|C|…||ACK^A01^ACK|…|P|2.5',
      'MSA|AR|x|MSH-9: This is not received here; ADT, REF I12, ORM O01, OML O21 are',
      'ERR||MSH^1^9|200^Unsupported message type^HL70357|E||||This is not received here; ADT, REF I12, ORM O01, OML O21 are',
    ]);
  });
});

describe('what is wrong with a message', () => {
  it.each([
    [admit({ type: 'XYZ^A01' }), 'AR M1', 'ERR|MSH^1^9^200&Unsupported message type&HL70357'],
    [admit({ type: 'REF^I13' }), 'AR M1', 'ERR|MSH^1^9^201&Unsupported event code&HL70357'],
    [admit({ type: '' }), 'AR M1', 'ERR|MSH^1^9^200&Unsupported message type&HL70357'],
    [admit().replace('|P|', '|Q|'), 'AR M1', 'ERR|MSH^1^11^202&Unsupported processing id&HL70357'],
    [admit({ version: '1.0' }), 'AR M1', 'ERR|MSH^1^12^203&Unsupported version id&HL70357'],
    [admit({ id: '' }), 'AE ', 'ERR|MSH^1^10^101&Required field missing&HL70357'],
    [admit().replace(/PID.*\r/, ''), 'AE M1', 'ERR|PID^1^^101&Required field missing&HL70357'],
    [admit({ name: 'NUL\0' }), 'AE M1', 'ERR|^^^102&Data type error&HL70357'],
    [admit({ sex: 'X' }), 'AE M1', 'ERR|PID^1^8^103&Table value not found&HL70357'],
    [admit().replace('EVN', 'evn'), 'AE M1', 'ERR|^^^100&Segment sequence error&HL70357'],
    [`${admit()}MSH|^~\\&|`, 'AE M1', 'ERR|MSH^2^^100&Segment sequence error&HL70357'],
    [
      admit().replace('UNICODE UTF-8', 'ISO IR87').replace('SMITH', 'Ö'),
      'AE M1',
      'ERR|MSH^1^18^103&Table value not found&HL70357',
    ],
    ['hello', 'AE ', 'ERR|^^^100&Segment sequence error&HL70357'],
  ])('%# is said with its place', async (message, code, error) => {
    const hospital = await start();
    const [reply] = await ask(hospital, message);
    expect(codes(reply === undefined ? [] : [reply])).toEqual([code]);
    expect(reply?.lines().find((line) => line.startsWith('ERR'))).toBe(error);
    expect(reply?.text('MSA-3')).not.toBe('');
    expect(await hospital.admissions()).toEqual([]);
    expect((await hospital.exchanges()).map(({ summary }) => summary?.split(' → ')[1])).toEqual([code.slice(0, 2)]);
  });

  it('is said since 2.5 in ERR-2, ERR-3, ERR-4 and ERR-8', async () => {
    const [reply] = await ask(await start(), admit({ sex: 'X', version: '2.5.1' }));
    expect(reply?.lines()[2]).toBe('ERR||PID^1^8|103^Table value not found^HL70357|E||||X is no sex');
  });

  it('is not said where it is ours: AR without detail, and the log has it', async () => {
    const hospital = await start();
    const [reply] = await ask(hospital, admit({ number: 'break' }));
    expect(reply?.lines().slice(1)).toEqual([
      'MSA|AR|M1|Something went wrong here',
      'ERR|^^^207&Application internal error&HL70357',
    ]);
    expect(JSON.stringify(hospital.logged)).toContain('participant');
  });

  it('undoes the effect that it was found in', async () => {
    const hospital = await start();
    const replies = await ask(hospital, admit({ number: 'once' }), admit({ number: 'once', id: 'M2' }));
    expect(codes(replies)).toEqual(['AA M1', 'AE M2']);
    expect(await hospital.admissions()).toMatchObject([{ number: 'once', times: 1 }]);
  });

  it.each([
    ['as it should be', (message: string) => message],
    ['without an authority', (message: string) => message.replace('4010232137^^^NHS', '4010232137')],
    [
      'in words',
      (message: string) => `${message.replace('4010232137^^^NHS', '1^^^RTX')}NTE|1||NHS number 401 023 2137\r`,
    ],
    ['with a header that is refused', (message: string) => message.replace('|2.4|', '|9.9|')],
    ['as an event that is not received', (message: string) => message.replace('ADT^A01', 'MFN^M02')],
  ])('is a number that may be a real person’s, %s: refused, and kept nowhere', async (_, change) => {
    const hospital = await start();
    const [reply] = await ask(hospital, change(admit({ number: '4010232137' })));
    expect(codes(reply === undefined ? [] : [reply])).toEqual(['AE M1']);
    expect(JSON.stringify(reply?.lines())).toContain('real person');
    const kept = JSON.stringify([await hospital.exchanges(), reply?.lines()]).replaceAll(' ', '');
    expect(kept).not.toContain('4010232137');
  });

  it('is a number that may be a real person’s, in what is no message: not kept either', async () => {
    const hospital = await start();
    await ask(hospital, 'PID|1||4010232137^^^NHS\r');
    const [exchange] = await hospital.exchanges();
    expect(exchange?.note).toContain("may be a real person's");
    expect(JSON.stringify(exchange)).not.toContain('4010232137');
  });

  it('is that nobody is there: AR, to be sent again later', async () => {
    const hospital = await start({ register: 'stopped', archive: 'external' });
    const one = await dial(hospital, 'register');
    const other = await dial(hospital, 'archive');
    for (const client of [one, other]) {
      client.write(frame(admit()));
      const reply = parseMessage((await client.next()).content);
      expect(codes([reply])).toEqual(['AR M1']);
    }
    await hospital.host.sql.transaction((tx) => tx.query('delete from mllp_port'));
    one.write(frame(admit()));
    expect(parseMessage((await one.next()).content).text('MSA-3')).toContain('No sandbox has this port');
  });
});
