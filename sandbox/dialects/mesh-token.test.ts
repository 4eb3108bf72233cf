import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSandbox } from '../participants.ts';
import { type Played, play } from '../pattern-harness.test-data.ts';
import { CLIENT, json } from './mesh-client.test-data.ts';
import { mailPattern, tokenOf } from './mesh-pattern.test-data.ts';
import { readToken, timeOf, timestampOf, writeToken } from './mesh-token.ts';

const HOUR = 3_600_000;
const REAL = Date.parse('2026-11-27T23:30:00Z');
let real = REAL;

let played: Played;
let url: string;
let password = '';

beforeAll(async () => {
  played = await play(mailPattern(), () => real);
  url = `${await played.open('tokens', { dialect: 'mesh', seed: 1, people: 0 })}/exchange/messageexchange/X26ABC1`;
  password = (await loadSandbox(played.host.sql, 'tokens'))?.participants[0]?.credential ?? '';
});
afterAll(() => played.close());

const ask = async (authorization?: string) => {
  const reply = await fetch(url, { headers: { ...CLIENT, ...(authorization && { authorization }) } });
  return { status: reply.status, body: await json(reply) };
};

const keyed = (text: string, key = 'TestKey') => createHmac('sha256', key).update(text);
/** A token whose hash was made in another way. */
const hashed = (make: (texts: { right: string; late: string; short: string }) => string): string => {
  const at = timestampOf(real);
  const texts = {
    right: `X26ABC1:h:1:${password}:${at}`,
    late: `X26ABC1:h:1:${at}:${password}`,
    short: `X26ABC1:h:${password}:${at}`,
  };
  return `NHSMESH X26ABC1:h:1:${at}:${make(texts)}`;
};

describe('a token', () => {
  it('is the HMAC-SHA256, by the shared key, of mailbox, nonce, count, password and time', () => {
    const parts = { mailbox: 'X26ABC1', nonce: 'n', count: '7', timestamp: '202611272330' };
    const hash = createHmac('sha256', 'TestKey').update('X26ABC1:n:7:secret:202611272330').digest('hex');
    expect(writeToken(parts, 'secret')).toBe(`NHSMESH X26ABC1:n:7:202611272330:${hash}`);
    expect(readToken(writeToken(parts, 'secret'))).toEqual({ ...parts, hash });
    expect(timestampOf(REAL)).toBe('202611272330');
    expect(timeOf('202611272330')).toBe(REAL);
    expect(timeOf('202613272330')).toBeUndefined();
  });

  it('says who calls, with a credential behind it', async () => {
    expect(await ask(tokenOf('X26ABC1', password, 'who', real))).toEqual({
      status: 200,
      body: { mailboxId: 'X26ABC1' },
    });
    const [exchange] = (await played.exchanges('tokens')).slice(-1);
    expect(exchange).toMatchObject({ from: 'sender', claimed: false, to: 'exchange' });
  });

  it('is good once', async () => {
    const token = tokenOf('X26ABC1', password, 'once', real);
    expect((await ask(token)).status).toBe(200);
    const again = await ask(token);
    expect(again.status).toBe(403);
    expect(again.body.errorDescription).toContain('The token was used before');
    const [exchange] = (await played.exchanges('tokens')).slice(-1);
    expect(exchange).toMatchObject({ from: 'sender', reply: { status: 403 } });
  });

  it('is good for two hours of real time on either side, wherever the clock of the sandbox stands', async () => {
    await played.advance('tokens', 30 * 24 * HOUR);
    for (const [nonce, offset, status] of [
      ['early', 2 * HOUR, 200],
      ['late', -2 * HOUR, 200],
      ['too-early', 2 * HOUR + 60_000, 403],
      ['too-late', -2 * HOUR - 60_000, 403],
    ] as const)
      expect([nonce, (await ask(tokenOf('X26ABC1', password, nonce, real + offset))).status]).toEqual([nonce, status]);
  });

  it('cannot be used again once its nonce is forgotten, since it is too old by then', async () => {
    const token = tokenOf('X26ABC1', password, 'ahead', real + 2 * HOUR);
    expect((await ask(token)).status).toBe(200);
    real += 4 * HOUR;
    expect((await ask(token)).body.errorDescription).toContain('used before');
    real += 60_000;
    expect((await ask(token)).body.errorDescription).toContain('more than two hours');
  });

  it.each([
    ['none', undefined, 'no Authorization header'],
    ['a bearer token', () => `Bearer ${password}`, 'not NHSMESH'],
    ['one without a hash', () => 'NHSMESH X26ABC1:a:1:202611272330', 'five parts'],
    ['one of another mailbox', () => tokenOf('X26ABC2', password, 'other', real), 'the path for X26ABC1'],
    ['one in small letters', () => tokenOf('X26ABC1', password, 's', real).replace('X26ABC1', 'x26abc1'), 'capitals'],
    ['one without a nonce', () => tokenOf('X26ABC1', password, '', real), 'nonce is 1 to'],
    [
      'one with seconds',
      () => tokenOf('X26ABC1', password, 'sec', real).replace(/:(\d{12}):/, ':$100:'),
      'yyyyMMddHHmm',
    ],
    ['one in base64', () => hashed(({ right }) => keyed(right).digest('base64')), 'base64'],
    [
      'one without HMAC',
      () => hashed(({ right }) => createHash('sha256').update(right).digest('hex')),
      'plain SHA-256',
    ],
    [
      'one with the parts of another order',
      () => hashed(({ late }) => keyed(late).digest('hex')),
      'behind the timestamp',
    ],
    ['one without the count', () => hashed(({ short }) => keyed(short).digest('hex')), 'count is left out'],
    ['one with another key', () => hashed(({ right }) => keyed(right, password).digest('hex')), 'key is the password'],
    ['one with the public password', () => tokenOf('X26ABC1', 'password', 'p', real), 'public sandbox'],
    ['one with another password', () => tokenOf('X26ABC1', 'guessed', 'guess', real), 'hash is not'],
    ['one whose count is no number', () => tokenOf('X26ABC1', password, 'c', real).replace(':1:', ':one:'), 'a number'],
  ])('%s is refused with 403 and the reason, in the words of MESH', async (_, make, reason) => {
    const { status, body } = await ask(make?.());
    expect([status, body.errorCode, body.errorEvent]).toEqual([403, '403', 'RECEIVE']);
    expect(body.errorDescription).toContain(reason);
  });
});
