import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { at, type EchoClient, echoClient } from './test/echo-client.ts';
import { type Listed, type Made, type Refusal, type Shown, startEcho } from './test/echo-service.ts';

let service: RunningService;
let api: CheckedApi;
let echo: EchoClient;
beforeAll(async () => {
  service = await startEcho();
  api = await checkedApi(service.url);
  echo = echoClient(api);
});
afterAll(() => service.close());

describe('creating a sandbox', () => {
  it('gives a key, endpoints that answer from the seed, and values to try', async () => {
    const made = await echo.make({ seed: 7 });
    expect(made.id).toMatch(/^[a-z2-7]{26}$/);
    expect(made.key).toMatch(/^fpk_/);
    expect(made.endpoints).toEqual([
      expect.objectContaining({
        participant: 'keeper',
        protocol: 'fhir-r4',
        url: `${service.url}/sandboxes/${made.id}/keeper/FHIR/R4`,
        credential: expect.any(String),
      }),
    ]);
    expect(await echo.note(made, 'seeded')).toEqual([200, 'seed 7']);
    expect(made.examples).toEqual([{ title: 'A note', value: 'seeded', note: 'of seed 7' }]);
    expect(Date.parse(made.expiresAt) - Date.now()).toBeGreaterThan(86_000_000);
    const shown = await api<Made>('GET', at(made), { key: made.key });
    expect(shown.body).toMatchObject({ id: made.id, dialect: 'plain', clock: { speed: 1 } });
  });

  it.each<[object, number, string | undefined, string]>([
    [{}, 400, '/pattern', 'Name the pattern'],
    [{ pattern: 'echo', parts: [{ pattern: 'echo' }] }, 400, '/pattern', 'Name the pattern'],
    [{ pattern: 'nothing' }, 404, undefined, 'There is no pattern nothing; there are echo, quiet'],
    [{ pattern: 'quiet' }, 409, undefined, 'patterns/quiet/app.ts is missing'],
    [{ pattern: 'echo', dialect: 'pds' }, 400, '/dialect', 'echo does not speak pds; it speaks plain, terse'],
    [{ parts: [{ pattern: 'echo', dialect: 'pds' }] }, 400, '/parts/0/dialect', 'does not speak pds'],
    [{ pattern: 'echo', ttl: 'P31D' }, 400, '/ttl', 'at most P30D'],
    [{ pattern: 'echo', ttl: 'PT0S' }, 400, '/ttl', 'longer than PT0S'],
    [{ pattern: 'echo', ttl: 'a day' }, 400, '/ttl', 'not a duration'],
    [{ pattern: 'echo', seed: -1 }, 400, '/seed', '>= 0'],
    [{ pattern: 'echo', decision: 'none' }, 400, '/decision', 'no decision'],
    [{ pattern: 'echo', participants: { nobody: { mode: 'stopped' } } }, 400, '/participants/nobody', 'asker, keeper'],
    [
      { pattern: 'echo', participants: { keeper: { mode: 'external', url: 'ftp://x' } } },
      400,
      '/participants/keeper/url',
      'http',
    ],
    [{ pattern: 'echo', colour: 'red' }, 400, '/colour', 'not known'],
    [{ pattern: 'echo', auth: 'basic' }, 400, '/auth', 'one of none, bearer'],
  ])('%o is refused with %i at %s', async (body, status, place, words) => {
    const refused = await api<Refusal>('POST', '/api/sandboxes', { body });
    expect([refused.status, refused.body.errors[0]?.at]).toEqual([status, place]);
    expect(refused.body.detail).toContain(words);
  });

  it('takes seats from the start, and asks for the credential where it is told to', async () => {
    const made = await echo.make({
      dialect: 'terse',
      auth: 'bearer',
      ttl: 'PT1H',
      participants: { asker: { mode: 'external' } },
    });
    expect(made).toMatchObject({ dialect: 'terse', participants: [{ name: 'asker', mode: 'external' }, {}] });
    expect((await echo.note(made, 'seeded'))[0]).toBe(401);
    const authorization = `Bearer ${made.endpoints[0]?.credential}`;
    expect(await echo.note(made, 'seeded', { headers: { authorization } })).toEqual([200, 'seed 1']);
    const [, read] = await echo.journal(made, 2);
    expect(read).toMatchObject({ from: 'asker', to: 'keeper', operation: 'readNote' });
  });

  it('makes many at once, each with a store of its own', async () => {
    const many = await Promise.all(Array.from({ length: 8 }, () => echo.make({ seed: 99 })));
    const [first, second] = many;
    if (first === undefined || second === undefined) throw new Error('none was made');
    await echo.write(first, 'seeded', 'changed');
    expect(await echo.note(first, 'seeded')).toEqual([200, 'changed']);
    expect(await echo.note(second, 'seeded')).toEqual([200, 'seed 99']);
  });
});

describe('what a sandbox can be told', () => {
  it('to act: real traffic, recorded under the key that asked', async () => {
    const made = await echo.make();
    const acted = await api('POST', at(made, '/participants/asker/acts/ask'), {
      key: made.key,
      body: { id: 'seeded' },
    });
    expect(acted).toMatchObject({ status: 200, body: { result: { status: 200 }, exchanges: [expect.any(String)] } });
    const [told, sent] = await echo.journal(made, 2);
    expect([told, sent].map((one) => [one?.kind, one?.from, one?.to, one?.operation])).toEqual(
      expect.arrayContaining([
        ['control', 'fingerpost', 'asker', 'ask'],
        ['http', 'asker', 'keeper', 'readNote'],
      ]),
    );
    // People read the summary, so it says a participant's title; `to` is the name that URLs have.
    const summaries = [told, sent].map((one) => one?.summary);
    expect(summaries).toContainEqual(expect.stringMatching(/^Asker: .* \(key “/));
    const id = (acted.body.exchanges as string[])[0] ?? '';
    const one = await api<Shown>('GET', at(made, `/exchanges/${id}`), { key: made.key });
    expect(one.body).toMatchObject({ id, reply: { status: 200 } });
    expect((await api('GET', at(made, '/exchanges/none'), { key: made.key })).status).toBe(404);
  });

  it.each<[string, object, number, string]>([
    ['asker/acts/ask', {}, 400, '/id'],
    ['asker/acts/ask', { id: 1 }, 400, '/id'],
    ['asker/acts/ask', { id: 'a', more: 1 }, 400, '/more'],
    ['asker/acts/dance', {}, 404, 'there are post, ask'],
    ['asker/acts/constructor', {}, 404, 'there are post, ask'],
    ['nobody/acts/ask', {}, 404, 'nobody'],
  ])('not to act as %s with %o: %i', async (path, body, status, words) => {
    const made = await echo.make();
    const refused = await api<Refusal>('POST', at(made, `/participants/${path}`), { key: made.key, body });
    expect(refused.status).toBe(status);
    expect(JSON.stringify(refused.body.errors)).toContain(words);
  });

  it('to give a seat away: then it cannot be told to act, and its credential never shows', async () => {
    const made = await echo.make();
    const seat = at(made, '/participants/asker');
    const given = { mode: 'external', url: 'http://127.0.0.1:1/base', credential: 'Basic c2VjcmV0' };
    const taken = await api('PUT', seat, { key: made.key, body: given });
    expect(taken).toMatchObject({
      status: 200,
      body: { name: 'asker', mode: 'external', url: 'http://127.0.0.1:1/base' },
    });
    expect((await api('POST', `${seat}/acts/ask`, { key: made.key, body: { id: 'a' } })).status).toBe(409);
    expect(
      JSON.stringify([taken.body, await echo.journal(made), (await api('GET', at(made), { key: made.key })).body]),
    ).not.toContain('c2VjcmV0');
    expect(
      (await api('PUT', seat, { key: made.key, body: { mode: 'simulated', url: 'http://a.example' } })).status,
    ).toBe(400);
    expect((await api('PUT', seat, { key: made.key, body: { mode: 'simulated' } })).body).not.toHaveProperty('url');
    expect(
      (await api('PUT', at(made, '/participants/none'), { key: made.key, body: { mode: 'stopped' } })).status,
    ).toBe(404);
  });

  it('to misbehave, and to stop that', async () => {
    const made = await echo.make();
    const items = [{ participant: 'keeper', operation: 'readNote', effect: { kind: 'status', status: 503 } }];
    const set = await api<Listed<object>>('PUT', at(made, '/faults'), { key: made.key, body: { items } });
    expect(set.body.items).toEqual([{ id: 'fault-1', probability: 1, ...items[0] }]);
    expect((await echo.note(made, 'seeded'))[0]).toBe(503);
    const wrong = [
      { participant: 'asker', effect: { kind: 'drop' } },
      { participant: 'keeper', operation: 'fly', effect: { kind: 'drop' } },
    ];
    const refused = await api<Refusal>('PUT', at(made, '/faults'), { key: made.key, body: { items: wrong } });
    expect(refused.body.errors.map((error) => error.at)).toEqual(['/items/0/participant', '/items/1/operation']);
    const header = [{ participant: 'keeper', effect: { kind: 'content-type', as: 'text/plain\r\nX-More: 1' } }];
    const injected = await api<Refusal>('PUT', at(made, '/faults'), { key: made.key, body: { items: header } });
    expect(injected.body.errors.map((error) => error.at)).toEqual(['/items/0/effect/as']);
    await api('PUT', at(made, '/faults'), { key: made.key, body: { items: [] } });
    expect((await api<Listed<object>>('GET', at(made, '/faults'), { key: made.key })).body.items).toEqual([]);
    expect((await echo.note(made, 'seeded'))[0]).toBe(200);
  });

  it('to move its time on, which fires what falls due', async () => {
    const made = await echo.make();
    await api('POST', at(made, '/participants/keeper/acts/remind'), { key: made.key, body: { note: 'later' } });
    const before = await api<Made>('GET', at(made), { key: made.key });
    expect(before.body.clock.nextTimer).toBeDefined();
    expect((await echo.note(made, 'reminder'))[0]).toBe(404);
    const moved = await api<{ now: string; fired: number; pending: number }>('POST', at(made, '/clock'), {
      key: made.key,
      body: { advance: 'PT2H' },
    });
    expect(moved.body).toMatchObject({ fired: 1, pending: 0, speed: 1 });
    expect(Date.parse(moved.body.now) - Date.now()).toBeGreaterThan(7_000_000);
    expect(await echo.note(made, 'reminder')).toEqual([200, 'later']);
    expect((await echo.journal(made, 4)).map(({ kind }) => kind)).toContain('timer');
    const faster = await api<{ speed: number }>('POST', at(made, '/clock'), { key: made.key, body: { speed: 60 } });
    expect(faster.body.speed).toBe(60);
    expect((await api('POST', at(made, '/clock'), { key: made.key, body: {} })).status).toBe(400);
    expect((await api('POST', at(made, '/clock'), { key: made.key, body: { advance: 'P1Y' } })).status).toBe(400);
  });

  it('to play a lesson whole', async () => {
    const made = await echo.make();
    const listed = await api<Listed<{ id: string; played: number }>>('GET', at(made, '/scenarios'), { key: made.key });
    expect(listed.body.items).toMatchObject([{ id: 'first-note', played: 0 }]);
    const played = await api('POST', at(made, '/scenarios/first-note'), { key: made.key, body: {} });
    expect(played.body).toMatchObject({
      played: 2,
      finished: true,
      steps: [{ outcome: 'as-expected' }, { outcome: 'as-expected' }],
    });
    expect((await api('POST', at(made, '/scenarios/none'), { key: made.key })).status).toBe(404);
  });

  it('to begin again: seeded stores, an empty journal, no faults, real time; keys, seats and cursors go on', async () => {
    const made = await echo.make();
    await echo.write(made, 'seeded', 'changed');
    await echo.write(made, 'mine', 'kept?');
    const last = Number((await echo.journal(made, 2)).at(-1)?.cursor);
    await api('PUT', at(made, '/faults'), {
      key: made.key,
      body: { items: [{ participant: 'keeper', effect: { kind: 'drop' } }] },
    });
    await api('POST', at(made, '/clock'), { key: made.key, body: { advance: 'P5D' } });
    const reset = await api<Made>('POST', at(made, '/reset'), { key: made.key });
    expect(reset.status).toBe(200);
    expect(Math.abs(Date.parse(reset.body.clock.now) - Date.now())).toBeLessThan(10_000);
    expect(await echo.journal(made)).toEqual([]);
    expect(await echo.note(made, 'seeded')).toEqual([200, 'seed 1']);
    expect((await echo.note(made, 'mine'))[0]).toBe(404);
    expect(Number((await echo.journal(made, 1))[0]?.cursor)).toBeGreaterThan(last);
  });

  it('to go away, at once and for good', async () => {
    const made = await echo.make();
    expect((await api('DELETE', at(made), { key: made.key })).status).toBe(204);
    expect((await api('GET', at(made), { key: made.key })).status).toBe(404);
    expect((await fetch(`${made.endpoints[0]?.url}/Basic/seeded`)).status).toBe(404);
    expect((await api('DELETE', at(made), { key: made.key })).status).toBe(404);
  });
});
