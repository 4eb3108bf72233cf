import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hl7Message, parseMessage } from '../../../../sandbox/hl7v2/message.ts';
import { MllpClient } from '../../../../sandbox/hl7v2/mllp-client.ts';
import { type Frame, frameOf } from '../../../../sandbox/hl7v2/mllp-frames.ts';
import { listenMllp } from '../../../../sandbox/hl7v2/mllp-server.ts';
import { ADT_A01, REF_I12 } from '../../../../sandbox/hl7v2/to-fhir/messages.test-data.ts';
import { call, type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

let played: Played;
let client: MllpClient;
let base: string;
const taken: Hl7Message[] = [];
const waiting: ((message: Hl7Message) => void)[] = [];
const closing: (() => Promise<void> | void)[] = [];

/** The next answer that came to the requester outside. */
const next = async (): Promise<Hl7Message> =>
  taken.shift() ?? (await new Promise<Hl7Message>((resolve) => waiting.push(resolve)));

/** A system outside that refers: it takes answers in, and accepts each (CA). */
const takeIn = async ({ content }: Frame) => {
  const message = parseMessage(content);
  const waits = waiting.shift();
  if (waits === undefined) taken.push(message);
  else waits(message);
  const id = message.text('MSH-10');
  return { wire: frameOf(Buffer.from(`MSH|^~\\&|||||||ACK|R${id.slice(1)}|P|2.5.1\rMSA|CA|${id}\r`)) };
};

beforeAll(async () => {
  played = await play(await loadThisPattern());
  base = await played.open('v2', { dialect: 'fhir-r4', seed: 1, people: 0 });
  const { port } = new URL(String(await played.mllpUrl('v2', 'provider')));
  client = new MllpClient({ address: '127.0.0.1', port: Number(port) });
  const outside = await listenMllp({ host: '127.0.0.1', ports: [0], handle: takeIn });
  closing.push(
    () => client.close(),
    () => outside.close(),
  );
  await played.host.sql.transaction((tx) =>
    tx.query(
      "update participant set mode = 'external', url = 'https://refer.example/FHIR/R4', mllp_url = $1 where sandbox = 'v2' and name = 'requester'",
      [`mllp://127.0.0.1:${outside.ports[0]}`],
    ),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
  await played.close();
});

const send = async (text: string, values: Readonly<Record<string, string>> = {}): Promise<Hl7Message> => {
  const message = parseMessage(text);
  for (const [path, value] of Object.entries(values)) message.setEncoded(path, value);
  const reply = parseMessage(await client.send(message.toBytes(), AbortSignal.timeout(20_000)));
  await played.settled('v2');
  return reply;
};
const act = (name: string, input: Readonly<Record<string, unknown>> = {}) => played.act('v2', 'provider', name, input);
const said = (message: Hl7Message): string =>
  ['MSH-9.1', 'MSA-1', 'MSA-2', 'RF1-1'].map((path) => message.text(path)).join(' ');
const tasks = async () => ((await act('list-worklist')) as { tasks: { status: string }[] }).tasks;
const ENHANCED = { 'MSH-15': 'AL', 'MSH-16': 'AL' };

describe('a referral by HL7 v2', () => {
  it('is accepted at once in enhanced mode, and answered when a person has decided', async () => {
    expect(said(await send(REF_I12, { ...ENHANCED, 'MSH-10': 'R1', 'RF1-6': 'UBRN1^ERS' }))).toBe('ACK CA R1 ');
    expect(await tasks()).toMatchObject([{ status: 'requested' }]);
    expect(taken).toEqual([]);
    await act('ask-for-more', { reason: 'Please send the ECG' });
    const asked = await next();
    expect([said(asked), asked.text('MSA-3')]).toEqual(['RRI AA R1 P', 'Please send the ECG']);
    await act('accept');
    const accepted = await next();
    expect([said(accepted), accepted.text('MSH-15'), accepted.text('MSH-16')]).toEqual(['RRI AA R1 A', 'AL', 'NE']);
    expect(accepted.text('MSH-10')).not.toBe(asked.text('MSH-10'));
    const sent = parseMessage(REF_I12);
    for (const path of ['RF1-6', 'PRD[1]-2', 'PRD[2]-7', 'PID-3', 'PID-5'])
      expect(accepted.encoded(path), path).toBe(sent.encoded(path));
    expect(accepted.encoded('RF1-11')).not.toBe('');
    expect(await call(`${base}/provider/FHIR/R4/ServiceRequest?status=active`)).toMatchObject({ body: { total: 1 } });
  });

  it('is pending on the connection in original mode, and its decision is a message of its own', async () => {
    expect(said(await send(REF_I12, { 'MSH-10': 'R2', 'RF1-6': 'UBRN2^ERS' }))).toBe('RRI AA R2 P');
    await act('reject', { reason: 'Does not meet the criteria' });
    expect(said(await next())).toBe('RRI AA R2 R');
  });

  it('that comes again has one task, and amended it waits again', async () => {
    const message = { ...ENHANCED, 'MSH-10': 'R3', 'RF1-6': 'UBRN3^ERS' };
    const [first, again] = [await send(REF_I12, message), await send(REF_I12, message)];
    expect(again.toBytes()).toEqual(first.toBytes());
    const waits = async () => (await tasks()).filter(({ status }) => status === 'requested').length;
    expect(await waits()).toBe(1);
    await act('ask-for-more');
    expect(said(await next())).toBe('RRI AA R3 P');
    expect(await waits()).toBe(0);
    await send(REF_I12, { ...message, 'MSH-10': 'R4', 'MSH-7': '20991231' });
    expect(await waits()).toBe(1);
    await act('accept');
    expect(said(await next())).toBe('RRI AA R4 A');
  });

  it('is amended by REF^I13 and cancelled by REF^I14, while it is open', async () => {
    const about = (event: string, id: string, day: string) => ({
      ...{ 'MSH-9': `REF^${event}^REF_I12`, 'MSH-10': id, 'MSH-7': `209912${day}`, 'RF1-6': 'UBRN6^ERS' },
    });
    expect(said(await send(REF_I12, about('I13', 'R60', '01')))).toBe('RRI AE R60 ');
    await send(REF_I12, about('I12', 'R61', '02'));
    await act('ask-for-more');
    expect(said(await next())).toBe('RRI AA R61 P');
    expect(said(await send(REF_I12, about('I13', 'R62', '03')))).toBe('RRI AA R62 P');
    expect((await tasks()).filter(({ status }) => status === 'requested')).toHaveLength(1);
    const cancelled = await send(REF_I12, about('I14', 'R63', '04'));
    expect([cancelled.text('MSH-9.2'), cancelled.text('MSA-1'), cancelled.encoded('RF1-6')]).toEqual([
      'I14',
      'AA',
      'UBRN6^ERS',
    ]);
    expect((await tasks()).filter(({ status }) => status === 'requested')).toEqual([]);
    const found = await call(`${base}/provider/FHIR/R4/ServiceRequest?identifier=UBRN6`);
    expect(found).toMatchObject({ body: { entry: [{ resource: { status: 'revoked' } }] } });
    expect(said(await send(REF_I12, about('I14', 'R64', '05')))).toBe('RRI AE R64 ');
    expect(taken).toEqual([]);
  });

  it.each([
    ['nobody is named', { 'PID-3': '' }, 'PID^1^3'],
    ['it has no number that an answer could name', { 'RF1-6': '' }, 'RF1^1^6'],
  ])('is refused where %s, later and by a message in enhanced mode', async (_, values, place) => {
    const id = `E${place.slice(0, 3)}`;
    const wrong = { 'MSH-12': '2.5.1', 'MSH-10': id, ...values };
    expect(said(await send(REF_I12, wrong))).toBe(`RRI AE ${id} `);
    await send(REF_I12, { ...wrong, ...ENHANCED, 'MSH-10': `${id}2` });
    const later = await next();
    expect([said(later), later.encoded('ERR-2')]).toEqual([`RRI AE ${id}2 `, place]);
  });

  it('says nothing later where MSH-16 does not ask for it', async () => {
    await send(REF_I12, { 'MSH-15': 'AL', 'MSH-16': 'NE', 'MSH-10': 'R5', 'RF1-6': 'UBRN5^ERS' });
    await act('accept');
    await played.settled('v2');
    expect(taken).toEqual([]);
  });

  it('is all that is taken here', async () => {
    expect((await send(ADT_A01)).text('MSA-1')).toBe('AR');
  });
});

describe('the requester', () => {
  it('takes in what it asked for, however late, and refuses an answer to nothing', async () => {
    await played.open('own', { dialect: 'fhir-r4', seed: 1, people: 3 });
    const own = (who: string, name: string, input = {}) => played.act('own', who, name, input);
    expect(await own('requester', 'send-hl7-referral', { patient: '9000000009' })).toMatchObject({ code: 'CA' });
    await played.advance('own', 3 * 86_400_000);
    expect(await own('requester', 'list-requests')).toMatchObject({ requests: [{ state: 'overdue', answers: [] }] });
    await own('provider', 'accept');
    await played.settled('own');
    expect(await own('requester', 'list-requests')).toMatchObject({
      requests: [{ state: 'answered', answers: [{ status: 'accepted', late: true }] }],
      setAside: [],
    });
    await own('provider', 'fail', { reason: 'The clinic has closed' });
    await played.settled('own');
    expect(await own('requester', 'list-requests')).toMatchObject({
      requests: [{ state: 'failed', answers: [{}, { status: 'failed', reason: 'The clinic has closed' }] }],
    });
    expect(await own('provider', 'answer-nothing-by-hl7')).toMatchObject({ code: 'CE' });
    expect(await own('requester', 'list-requests')).toMatchObject({
      setAside: [{ reason: expect.stringContaining('never asked') }],
    });
  });

  it('sends the same message again where nobody knows whether it arrived', async () => {
    await played.open('lost', { dialect: 'fhir-r4', seed: 1, people: 3 });
    await played.host.sql.transaction((tx) =>
      tx.query("update participant set mode = 'stopped' where sandbox = 'lost' and name = 'provider'"),
    );
    const sent = await played.act('lost', 'requester', 'send-hl7-referral', {
      patient: '9000000009',
      mode: 'original',
    });
    expect(sent).toMatchObject({ state: 'unknown', code: 'AR' });
    await played.host.sql.transaction((tx) =>
      tx.query("update participant set mode = 'simulated' where sandbox = 'lost' and name = 'provider'"),
    );
    await played.advance('lost', 60_000);
    expect(await played.act('lost', 'requester', 'list-requests')).toMatchObject({
      requests: [{ state: 'acknowledged' }],
    });
    const frames = (await played.exchanges('lost')).filter(({ kind }) => kind === 'mllp');
    expect(new Set(frames.map(({ request }) => request?.body)).size).toBe(1);
    expect(frames).toHaveLength(2);
    // That it is cancelled is said on the connection; what is over is not cancelled again.
    expect(await played.act('lost', 'requester', 'cancel-hl7-referral')).toMatchObject({ state: 'cancelled' });
    expect(await played.act('lost', 'requester', 'list-requests')).toMatchObject({
      requests: [{ state: 'cancelled', path: 'REF^I14', answers: [{ status: 'cancelled' }] }, { state: 'cancelled' }],
    });
    await expect(played.act('lost', 'requester', 'cancel-hl7-referral')).rejects.toThrow();
  });
});
