import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { at, type EchoClient, echoClient } from './test/echo-client.ts';
import { type Listed, type Made, type Refusal, startEcho } from './test/echo-service.ts';

interface Queue {
  readonly name: string;
  readonly participant: string;
  readonly depth: Readonly<Record<string, number>>;
}
interface Letter {
  readonly id: string;
  readonly reason: string;
}

let service: RunningService;
let api: CheckedApi;
let echo: EchoClient;
beforeAll(async () => {
  service = await startEcho();
  api = await checkedApi(service.url);
  echo = echoClient(api);
});
afterAll(() => service.close());

const NAME = '/queues/echo.notes';
const post = (made: Made, note: string, poison?: string) =>
  api(`POST`, at(made, '/participants/asker/acts/post'), { key: made.key, body: { note, poison } });
const queue = async (made: Made): Promise<Queue | undefined> =>
  (await api<Listed<Queue>>('GET', at(made, '/queues'), { key: made.key })).body.items[0];
/** Moving time waits for what is in the queues. */
const settle = (made: Made) => api('POST', at(made, '/clock'), { key: made.key, body: { advance: 'PT0S' } });
const letters = async (made: Made): Promise<readonly Letter[]> =>
  (await api<Listed<Letter>>('GET', at(made, `${NAME}/dead-letters`), { key: made.key })).body.items;
const replay = (made: Made, path = '', body?: object) =>
  api<{ replayed: number } & Refusal>('POST', at(made, `${NAME}/dead-letters${path}/replay`), { key: made.key, body });

const NONE = { ready: 0, 'in-flight': 0, waiting: 0, following: 0, held: 0, dead: 0 };

describe('the queues of a sandbox', () => {
  it('are there when they are empty, and say how full they are', async () => {
    const made = await echo.make();
    expect(await queue(made)).toEqual({ name: 'echo.notes', consumer: 'notes', participant: 'keeper', depth: NONE });
    await post(made, 'good');
    await post(made, 'bad', 'yes');
    await settle(made);
    expect(await queue(made)).toMatchObject({ depth: { ...NONE, dead: 1 } });
    expect(await echo.note(made, 'posted')).toEqual([200, 'good']);
  });

  it('hold what is for a seat that somebody else has, to be looked at, until it is given back', async () => {
    const made = await echo.make({ participants: { keeper: { mode: 'stopped' } } });
    await post(made, 'for later');
    await settle(made);
    const { body } = await api<Listed<unknown>>('GET', at(made, `${NAME}/messages?state=held`), { key: made.key });
    expect(body.items).toMatchObject([{ from: 'asker', to: 'keeper', body: 'for later', reason: 'keeper is stopped' }]);
    await api('PUT', at(made, '/participants/keeper'), { key: made.key, body: { mode: 'simulated' } });
    await settle(made);
    expect(await queue(made)).toMatchObject({ depth: NONE });
    expect(await echo.note(made, 'posted')).toEqual([200, 'for later']);
  });

  it('are known by name', async () => {
    const made = await echo.make();
    const refused = await api<Refusal>('GET', at(made, '/queues/echo.none/messages'), { key: made.key });
    expect(refused).toMatchObject({ status: 404, body: { detail: expect.stringContaining('there are echo.notes') } });
  });
});

describe('dead letters', () => {
  it('say why, go back one by one, and are dead again where nothing changed', async () => {
    const made = await echo.make();
    await post(made, 'bad', 'yes');
    await settle(made);
    const [letter] = await letters(made);
    expect(letter).toMatchObject({ reason: 'The note is poisoned', headers: { 'X-Poison': 'yes' }, attempt: 1 });
    expect(await replay(made, `/${letter?.id}`)).toMatchObject({ status: 200, body: { replayed: 1 } });
    await settle(made);
    expect(await letters(made)).toMatchObject([{ id: letter?.id, reason: 'The note is poisoned', attempt: 1 }]);
  });

  it('go back all at once, without the headers that are dropped, and leave a trace in the journal', async () => {
    const made = await echo.make();
    for (const note of ['one', 'two']) await post(made, note, 'yes');
    await settle(made);
    expect(await replay(made, '', { dropHeaders: ['x-poison'] })).toMatchObject({ body: { replayed: 2 } });
    await settle(made);
    expect(await letters(made)).toEqual([]);
    const journal = await echo.journal(made);
    // Without a key they have no order: of two nodes, or two that are handled at once, either is the first.
    const taken = journal.filter(({ summary, note }) => summary === 'RECEIVE echo.notes' && note === undefined);
    expect(taken.map(({ request }) => request?.body).toSorted()).toEqual(['one', 'two']);
    expect(journal.filter(({ kind }) => kind === 'control').map(({ operation }) => operation)).toContain(
      'replayDeadLetters',
    );
  });

  it('are discarded one by one; what is none cannot be', async () => {
    const made = await echo.make();
    await post(made, 'bad', 'yes');
    await settle(made);
    const [letter] = await letters(made);
    const discard = () => api('DELETE', at(made, `${NAME}/dead-letters/${letter?.id}`), { key: made.key });
    expect((await discard()).status).toBe(204);
    expect((await discard()).status).toBe(404);
    expect((await replay(made, `/${letter?.id}`)).status).toBe(404);
    expect(await letters(made)).toEqual([]);
  });
});

describe('a fault of messages', () => {
  const struck = async (as: string, more: object = {}) => {
    const made = await echo.make();
    const items = [{ participant: 'keeper', operation: 'notes', effect: { kind: 'message', as, ...more }, times: 1 }];
    expect((await api('PUT', at(made, '/faults'), { key: made.key, body: { items } })).status).toBe(200);
    await post(made, 'first');
    await settle(made);
    return made;
  };

  it('is refused where nothing that is carried answers anything', async () => {
    const made = await echo.make();
    const items = [{ participant: 'keeper', operation: 'notes', effect: { kind: 'message', as: 'uncorrelated' } }];
    const reply = await api('PUT', at(made, '/faults'), { key: made.key, body: { items } });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ at: '/items/0/effect/as' }] } });
  });
  const received = async (made: Made) =>
    (await echo.journal(made)).filter(({ summary }) => summary?.startsWith('RECEIVE'));

  it('loses one, which is then among the dead', async () => {
    const made = await struck('drop');
    expect(await letters(made)).toMatchObject([{ reason: 'Lost on the way (fault-1)' }]);
    expect(await received(made)).toMatchObject([{ fault: 'message drop (fault-1)', note: 'lost on the way' }]);
  });

  it('delays one on the sandbox clock', async () => {
    const made = await struck('delay', { ms: 3_600_000 });
    expect(await queue(made)).toMatchObject({ depth: { ...NONE, waiting: 1 } });
    await api('POST', at(made, '/clock'), { key: made.key, body: { advance: 'PT1H' } });
    expect(await echo.note(made, 'posted')).toEqual([200, 'first']);
  });

  it('lets another overtake one', async () => {
    const made = await struck('reorder');
    await post(made, 'second');
    await settle(made);
    expect(await echo.note(made, 'posted')).toEqual([200, 'second']);
    await api('POST', at(made, '/clock'), { key: made.key, body: { advance: 'PT2S' } });
    expect(await echo.note(made, 'posted')).toEqual([200, 'first']);
  });

  it('sends one twice, and refuses one, which is an attempt', async () => {
    expect(await received(await struck('duplicate'))).toHaveLength(2);
    const made = await struck('nack');
    expect(await queue(made)).toMatchObject({ depth: { ...NONE, waiting: 1 } });
    await api('POST', at(made, '/clock'), { key: made.key, body: { advance: 'PT1M' } });
    expect((await received(made)).map(({ summary }) => summary)).toEqual([
      'RECEIVE echo.notes',
      'RECEIVE echo.notes, attempt 2',
    ]);
  });
});
