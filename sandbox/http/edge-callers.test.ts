import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThings, type ThingsService } from './things-service.ts';

const ID = '0b6e7b50-3c0a-4c51-9a3c-0c5d5e3b9f10';

let things: ThingsService;
beforeAll(async () => {
  things = await startThings();
});
afterAll(() => things.close());

describe('who is called', () => {
  it('answers what the pattern says that it offers, by operation or by tag, and 404 for the rest', async () => {
    const base = await things.create('offers');
    const note = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"x"}' };
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' };
    const refuses = async (who: string, path: string, init?: RequestInit) => {
      const reply = await fetch(`${base}/${who}${path}`, init);
      return (await reply.text()).includes('serves nothing at') && reply.status === 404;
    };
    expect(await refuses('helper', '/plain/notes', note)).toBe(false);
    expect(await refuses('helper', '/FHIR/R4/Thing/x')).toBe(false);
    expect(await refuses('answerer', '/FHIR/R4/Thing/x', put)).toBe(false);
    expect(await refuses('helper', '/FHIR/R4/Thing/x', put)).toBe(true);
    expect(await refuses('helper', '/FHIR/R4/$lines')).toBe(true);
  });
});

describe('who calls', () => {
  const external = { mode: 'external', url: 'http://127.0.0.1:1' } as const;
  const cases: [string, string, Record<string, typeof external>, Record<string, string>, string, boolean][] = [
    ['nobody that is known', 'lax', {}, {}, 'unknown', false],
    ['the owner of the credential', 'lax', {}, { authorization: 'Bearer fp_SELF_helper' }, 'helper', false],
    [
      'the credential before the claim',
      'strict',
      {},
      { authorization: 'bearer fp_SELF_helper', 'x-organisation': 'asker' },
      'helper',
      false,
    ],
    ['whom the identity header names', 'strict', {}, { 'x-organisation': 'Helper' }, 'helper', true],
    [
      'nobody where an organisation code could be several',
      'strict',
      {},
      { 'x-organisation': 'A123' },
      'unknown',
      false,
    ],
    ['nobody by a header of another dialect', 'lax', {}, { 'x-organisation': 'helper' }, 'unknown', false],
    ['the only external one that may start it', 'lax', { asker: external }, {}, 'asker', false],
    ['nobody where several external ones may', 'lax', { asker: external, helper: external }, {}, 'unknown', false],
  ];
  it.each(cases)('is %s', async (_, dialect, seats, headers, from, claimed) => {
    const id = `c${cases.findIndex((entry) => entry[0] === _)}`;
    const base = await things.create(id, { dialect, seats });
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('SELF', id)]));
    const reply = await fetch(`${base}/answerer/plain/notes`, {
      method: 'POST',
      headers: { ...own, 'content-type': 'application/json', 'x-request-id': ID },
      body: '{"text":"x"}',
    });
    expect(await reply.json()).toMatchObject({ from: { participant: from, claimed } });
    expect(await things.exchanges(id)).toMatchObject([{ from, claimed, to: 'answerer' }]);
  });

  it('is the one external participant that may start this operation, though another may start others', async () => {
    const base = await things.create('one', { seats: { helper: external } });
    await fetch(`${base}/answerer/FHIR/R4/Thing/x`);
    expect(await things.exchanges('one')).toMatchObject([{ from: 'unknown', operation: 'readThing' }]);
  });

  it('is known by its credential in refusals too', async () => {
    const base = await things.create('refused');
    await fetch(`${base}/answerer/FHIR/R4/No`, { headers: { authorization: 'Bearer fp_refused_asker' } });
    expect(await things.exchanges('refused')).toMatchObject([{ from: 'asker', reply: { status: 404 } }]);
  });
});

describe('random numbers', () => {
  it('are the same for the same request in a sandbox of the same seed, and others for another request', async () => {
    const numbers = [];
    for (const [id, text] of [
      ['r1', 'x'],
      ['r2', 'x'],
      ['r2', 'y'],
    ] as const) {
      const known = (await things.exchanges(id).catch(() => [])).length > 0;
      const base = known ? `${things.url}/sandboxes/${id}` : await things.create(id);
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ text });
      const reply = await fetch(`${base}/answerer/plain/notes`, { method: 'POST', headers, body });
      numbers.push(((await reply.json()) as { number: number }).number);
    }
    expect(numbers[0]).toBe(numbers[1]);
    expect(numbers[2]).not.toBe(numbers[1]);
    for (const number of numbers) expect(number).toBeGreaterThanOrEqual(0);
  });
});
