import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { member } from '../../../../sandbox/act-values.ts';
import { type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { knownPeople } from '../../../../sandbox/seed/known-people.ts';
import { loadThisPattern } from '../../loaded.ts';
import { routedTo } from '../../mesh-mailboxes.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let played: Played;
beforeAll(async () => {
  played = await play(await loadThisPattern());
});
afterAll(() => played.close());

let count = 0;
const open = async (seats: Record<string, 'external' | 'stopped'> = {}): Promise<string> => {
  count += 1;
  await played.open(`m${count}`, { dialect: 'mesh', seed: 1, people: 0, seats });
  return `m${count}`;
};
const send = (id: string, input: object = {}) =>
  played.act(id, 'sender', 'send-mail', { patient: '9000000009', ...input });
const sent = async (id: string) => member(await played.act(id, 'sender', 'list-sent'), 'sent');
const received = async (id: string) => member(await played.act(id, 'recipient', 'list-received'), 'received');
const mail = async (id: string, who: string) => member(await played.act(id, who, 'list-mail'), 'mail');
const calls = async (id: string) =>
  (await played.exchanges(id))
    .filter(({ reply }) => reply !== undefined)
    .map(({ from, operation, reply }) => `${from} ${operation} ${reply?.status}`);

describe('a notification by mail', () => {
  it('is collected when the recipient looks into its mailbox, stored, and then acknowledged', async () => {
    const id = await open();
    expect(await send(id)).toMatchObject({ state: 'accepted', status: 202 });
    await played.advance(id, 4 * MINUTE);
    expect(await received(id)).toEqual([]);
    await played.advance(id, MINUTE);
    expect(await received(id)).toMatchObject([{ event: 'discharge-notification', via: 'mesh', times: 1 }]);
    expect(await calls(id)).toEqual([
      'sender sendMessage 202',
      'recipient checkInbox 200',
      'recipient downloadMessage 200',
      'recipient acknowledgeMessage 200',
    ]);
    // Nothing was asked for, so nothing comes back: accepted is not delivered.
    await played.advance(id, DAY);
    expect(await sent(id)).toMatchObject([{ state: 'accepted' }]);
  });

  it('is acknowledged by message where that was asked for, of the same workflow and _ACK, which asks for none', async () => {
    const id = await open();
    await send(id, { event: 'document-notification', acknowledge: true });
    await played.advance(id, 11 * MINUTE);
    expect(await sent(id)).toMatchObject([{ state: 'acknowledged', reason: '20013 OK' }]);
    const sending = (await played.exchanges(id)).filter(({ operation }) => operation === 'sendMessage');
    expect(sending.map(({ from, request }) => [from, request?.headers?.['mex-workflowid']])).toEqual([
      ['sender', 'GPFED_CONSULT_REPORT'],
      ['recipient', 'GPFED_CONSULT_REPORT_ACK'],
    ]);
  });

  it('that is not valid is not processed, and acknowledged negatively where that was asked for', async () => {
    const id = await open();
    await send(id, { broken: true, acknowledge: true });
    await send(id, { broken: true });
    await played.advance(id, 11 * MINUTE);
    expect(await received(id)).toEqual([]);
    expect(await mail(id, 'recipient')).toMatchObject([{ state: 'refused' }, { state: 'refused' }]);
    const [second, first] = [await sent(id)].flat();
    expect(second).toMatchObject({ state: 'accepted' });
    expect(first).toMatchObject({ state: 'refused', reason: expect.stringContaining('10008') });
    const acknowledgements = (await calls(id)).filter((one) => one === 'recipient sendMessage 202');
    expect(acknowledgements).toHaveLength(1);
  });

  it('that asks for a business acknowledgement is taken in, and where that is answered is said', async () => {
    const id = await open();
    const where = 'asynchronous-request-response in the dialect mesh';
    expect(await send(id, { business: true })).toMatchObject({ says: expect.stringContaining(where) });
    await played.advance(id, 11 * MINUTE);
    expect(await received(id)).toMatchObject([{ times: 1 }]);
    expect(await mail(id, 'recipient')).toMatchObject([{ state: 'taken', reason: expect.stringContaining(where) }]);
    expect((await calls(id)).filter((one) => one === 'recipient sendMessage 202')).toEqual([]);
  });

  it('of a workflow that nobody has agreed on is set aside for a person', async () => {
    const id = await open();
    await send(id, { workflow: 'UNHEARD_OF' });
    await played.advance(id, 5 * MINUTE);
    expect(await received(id)).toEqual([]);
    expect(await mail(id, 'recipient')).toMatchObject([
      { state: 'set-aside', reason: 'Nobody here has agreed on the workflow UNHEARD_OF' },
    ]);
  });

  it('in chunks is put together in order, and its checksum verified', async () => {
    const id = await open();
    expect(await send(id, { chunks: 4 })).toMatchObject({ state: 'accepted' });
    await played.advance(id, 5 * MINUTE);
    expect(await received(id)).toMatchObject([{ times: 1 }]);
    const got = (await calls(id)).filter((one) => one.includes('download'));
    expect(got).toEqual([
      'recipient downloadMessage 206',
      'recipient downloadChunk 206',
      'recipient downloadChunk 206',
      'recipient downloadChunk 200',
    ]);
  });

  it('reaches the practice of a person by the person’s details', async () => {
    const id = await open();
    const person = knownPeople().find(({ patient }) => patient.id === '9000000009');
    await send(id, { to: person === undefined ? '' : routedTo(person.patient) });
    await played.advance(id, 5 * MINUTE);
    expect(await received(id)).toMatchObject([{ times: 1 }]);
  });
});

it.each([
  ['9990000506', 503],
  ['9990000425', 429],
])('about %s is answered %i by the exchange, says when to come again, and is not accepted', async (patient, status) => {
  const id = await open();
  expect(await send(id, { patient })).not.toMatchObject({ state: 'accepted' });
  const [sending] = (await played.exchanges(id)).filter(({ operation }) => operation === 'sendMessage');
  expect(sending?.reply).toMatchObject({ status, headers: { 'retry-after': '1' } });
  expect(sending?.fault).toContain(`sentinel ${patient}`);
});

it('says that it is there, by a handshake', async () => {
  const id = await open();
  for (const who of ['sender', 'recipient'])
    expect(await played.act(id, who, 'shake-hands')).toMatchObject({ status: 200 });
  expect(await calls(id)).toEqual(['sender shakeHands 200', 'recipient shakeHands 200']);
});

describe('a crash between storing and acknowledging', () => {
  it('brings the message again, which has one effect and one acknowledgement', async () => {
    const id = await open();
    await send(id, { acknowledge: true });
    const crashed = await played.act(id, 'recipient', 'collect-mail', { crash: true });
    expect(crashed).toMatchObject({ listed: 1, acknowledged: 0 });
    expect(await received(id)).toMatchObject([{ times: 1 }]);
    await played.advance(id, 11 * MINUTE);
    expect(await received(id)).toMatchObject([{ times: 2 }]);
    expect((await calls(id)).filter((one) => one === 'recipient sendMessage 202')).toHaveLength(1);
    expect(await sent(id)).toMatchObject([{ state: 'acknowledged' }]);
    // What it stored has one version: nothing was written over by the second coming.
    const about = String(member([await received(id)].flat()[0], 'about')).replace('Encounter/', '');
    const stored = await played.host.sql.query('select version from fhir_resource where id = $1', [about]);
    expect(stored).toEqual([{ version: 1 }]);
  });
});

describe('what is not delivered', () => {
  it.each([
    ['what nobody collects in five days', { to: 'X26ABC2' }, '14 '],
    ['a person who is not known', { to: 'GPPROVIDER_9000000017_01011900_Nobody' }, 'EPL-154 '],
  ])('%s comes back as a report, and waits for a person', async (_, input, reason) => {
    const id = await open({ recipient: 'stopped' });
    await send(id, input);
    expect(await sent(id)).toMatchObject([{ state: 'accepted' }]);
    await played.advance(id, 5 * DAY + 5 * MINUTE);
    expect(await sent(id)).toMatchObject([{ state: 'not-delivered', reason: expect.stringMatching(`^${reason}`) }]);
    const [item] = [await sent(id)].flat();
    const message = member(item, 'message');
    expect(await played.act(id, 'sender', 'note-looked-into', { message })).toEqual({ noted: true });
    expect(await sent(id)).toMatchObject([{ state: 'looked-into' }]);
  });

  it('an address that nobody has is refused at once, so that nothing is waited for', async () => {
    const id = await open();
    expect(await send(id, { to: 'X26NOBODY' })).toMatchObject({ state: 'refused', status: 417 });
    expect(await sent(id)).toMatchObject([{ state: 'refused', reason: expect.stringContaining('X26NOBODY') }]);
  });

  it('and a poll that fails is made again, with growing waits', async () => {
    const id = await open({ broker: 'stopped' });
    await played.host.sql.transaction((tx) =>
      tx.query("update participant set mode = 'simulated' where sandbox = $1 and name = 'broker'", [id]),
    );
    await send(id);
    const turn = (mode: string) =>
      played.host.sql.transaction((tx) =>
        tx.query("update participant set mode = $2 where sandbox = $1 and name = 'broker'", [id, mode]),
      );
    await turn('stopped');
    await played.advance(id, DAY);
    const polls = (await calls(id)).filter((one) => one.startsWith('recipient '));
    expect(polls.length).toBeGreaterThan(5);
    expect(polls.length).toBeLessThan(20);
    await turn('simulated');
    await played.advance(id, DAY / 4);
    expect(await received(id)).toMatchObject([{ times: 1 }]);
  });
});
