import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startThings, type ThingsService } from '../http/things-service.ts';
import { loadSandbox } from '../participants.ts';
import { type Client, clientIdOf, clientsOf, type Registration, saveClient, UNREGISTERED } from './clients.ts';
import { loadMistakes } from './mistakes.ts';
import { ASSERTION_TYPE, type Assertion, newSupplier, post, type Supplier, sign } from './supplier.test-data.ts';

let real = Date.now();
let things: ThingsService;
let supplier: Supplier;
let other: Supplier;
const tokenUrl = (sandbox = 'one'): string => `${things.url}/sandboxes/${sandbox}/oauth2/token`;

const register = (sandbox: string, participant: string, registration: Partial<Registration>): Promise<void> =>
  things.host.sql.transaction((tx) => saveClient(tx, sandbox, participant, { ...UNREGISTERED, ...registration }));

const clientOf = async (sandbox: string, participant = 'asker'): Promise<Client> => {
  const loaded = await loadSandbox(things.host.sql, sandbox);
  const found =
    loaded && (await clientsOf(things.host.sql, loaded)).find((one) => one.participant.name === participant);
  if (found === undefined) throw new Error(`${sandbox} has no ${participant}`);
  return found;
};

interface Wrong {
  readonly form?: Readonly<Record<string, string | undefined>>;
  readonly header?: Assertion['header'];
  readonly claims?: Assertion['claims'];
  readonly by?: Supplier;
  readonly participant?: string;
}

/** A request that is right but for what is wrong with it. */
const ask = async ({ form = {}, header, claims, by, participant = 'asker' }: Wrong = {}, sandbox = 'one') => {
  const clientId = clientIdOf({ credential: `fp_${sandbox}_${participant}` });
  const client_assertion = await sign(supplier, {
    clientId,
    tokenUrl: tokenUrl(sandbox),
    now: real,
    ...(header === undefined ? {} : { header }),
    ...(claims === undefined ? {} : { claims }),
    ...(by === undefined ? {} : { key: by.privateKey }),
  });
  const right = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
  return post(tokenUrl(sandbox), { ...right, ...form });
};

const tokenOf = async (form: Readonly<Record<string, string>> = {}, sandbox = 'one', participant = 'asker') => {
  const reply = await ask({ form, participant }, sandbox);
  const { access_token: token }: { access_token: string } = JSON.parse(await reply.text());
  return token;
};

const call = (token: string | undefined, method = 'GET', sandbox = 'one') =>
  fetch(`${things.url}/sandboxes/${sandbox}/answerer/FHIR/R4/Thing/x`, {
    method,
    headers: {
      'content-type': 'application/fhir+json',
      ...(token === undefined ? {} : { authorization: token === '' ? 'Bearer' : `Bearer ${token}` }),
    },
    ...(method === 'GET' ? {} : { body: '{}' }),
  });

/** A key set by URL, and one that nobody answers at. */
const keyServer = createServer((_request, response) => {
  response.end(JSON.stringify({ keys: [supplier.publicKey] }));
});
const keyUrl = (): string => `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/jwks.json`;

beforeAll(async () => {
  things = await startThings({ now: () => real });
  [supplier, other] = await Promise.all([newSupplier('k1'), newSupplier('k1')]);
  keyServer.listen(0, '127.0.0.1');
  await once(keyServer, 'listening');
  for (const sandbox of ['one', 'two']) await things.create(sandbox, { auth: 'signed-jwt' });
  await register('one', 'asker', { keys: [supplier.publicKey] });
  await register('one', 'helper', { jwksUrl: 'http://127.0.0.1:1/none' });
  await register('two', 'asker', { jwksUrl: keyUrl() });
});
afterAll(async () => {
  keyServer.close();
  await things.close();
});

describe('the token endpoint', () => {
  const soon = (seconds: number) => () => ({ claims: { exp: Math.floor(real / 1000) + seconds } });
  const cases: readonly (readonly [mistake: string, wrong: () => Wrong])[] = [
    ['grant-type-missing', () => ({ form: { grant_type: undefined } })],
    ['grant-type-invalid', () => ({ form: { grant_type: 'password' } })],
    ['grant-type-not-configured', () => ({ form: { grant_type: 'authorization_code' } })],
    ['scope-invalid', () => ({ form: { scope: 'read everything' } })],
    ['assertion-type', () => ({ form: { client_assertion_type: 'jwt' } })],
    ['assertion-type', () => ({ form: { client_assertion_type: undefined } })],
    ['assertion-missing', () => ({ form: { client_assertion: undefined } })],
    ['assertion-malformed', () => ({ form: { client_assertion: 'not.a.jwt' } })],
    ['kid-missing', () => ({ header: { kid: undefined } })],
    ['typ-invalid', () => ({ header: { typ: 'at+jwt' } })],
    ['typ-invalid', () => ({ header: { typ: undefined } })],
    ['alg-missing', () => ({ header: { alg: undefined } })],
    ...['none', 'HS256', 'HS512', 'RS256', 'PS512', 'ES512'].map(
      (alg) => ['alg-invalid', () => ({ header: { alg } })] as const,
    ),
    ['iss-not-sub', () => ({ claims: { sub: 'another' } })],
    ['iss-not-sub', () => ({ claims: { iss: undefined } })],
    ['client-unknown', () => ({ claims: { iss: 'nobody', sub: 'nobody' } })],
    ['jti-missing', () => ({ claims: { jti: undefined } })],
    ['jti-invalid', () => ({ claims: { jti: 1234567890 } })],
    ['aud-invalid', () => ({ claims: { aud: tokenUrl('two') } })],
    ['aud-invalid', () => ({ claims: { aud: `${tokenUrl()}/` } })],
    ['aud-invalid', () => ({ claims: { aud: undefined } })],
    ['exp-missing', () => ({ claims: { exp: undefined } })],
    ['exp-not-integer', () => ({ claims: { exp: String(Math.floor(real / 1000) + 300) } })],
    ['exp-past', soon(-20)],
    ['exp-too-far', soon(360)],
    ['key-not-registered', () => ({ participant: 'answerer' })],
    ['jwks-unreachable', () => ({ participant: 'helper' })],
    ['kid-unknown', () => ({ header: { kid: 'another' } })],
    ['signature-invalid', () => ({ by: other })],
    ['jti-used', () => ({ claims: { jti: 'once' } })],
  ];

  it.each(cases.map(([mistake, wrong], at) => ({ mistake, wrong, at })))(
    'answers $mistake as the platform does ($at)',
    async ({ mistake, wrong }) => {
      if (mistake === 'jti-used') expect((await ask({ claims: { jti: 'once' } })).status).toBe(200);
      const said = (await loadMistakes()).token[mistake];
      const reply = await ask(wrong());
      expect(await reply.json()).toEqual({
        error: said?.error,
        error_description: said?.words,
        message_id: expect.any(String),
      });
      expect([reply.status, reply.headers.get('cache-control')]).toEqual([said?.status, 'no-store']);
    },
  );

  it('has a case for every mistake that an application can make', async () => {
    const all = Object.keys((await loadMistakes()).token);
    const own = all.slice(0, all.indexOf('jti-used') + 1);
    expect([...new Set(cases.map(([mistake]) => mistake))].toSorted()).toEqual(own.toSorted());
  });

  it('issues a token whose lifetime is a text, as the platform writes it, for a key by upload or by URL', async () => {
    for (const sandbox of ['one', 'two']) {
      const reply = await ask({}, sandbox);
      expect([reply.status, await reply.json()]).toEqual([
        200,
        { access_token: expect.any(String), expires_in: '599', token_type: 'Bearer', scope: 'read write' },
      ]);
    }
  });

  it('takes the same jti from another client, and reads no form from a query', async () => {
    expect((await ask({ claims: { jti: 'shared' } })).status).toBe(200);
    expect((await ask({ claims: { jti: 'shared' } }, 'two')).status).toBe(200);
    const inQuery = await fetch(`${tokenUrl()}?grant_type=client_credentials`, { method: 'POST' });
    expect(await inQuery.json()).toMatchObject({ error_description: 'grant_type is missing' });
  });

  it('is asked by POST, and is all of OAuth that there is', async () => {
    const got = await fetch(tokenUrl());
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    expect((await fetch(`${things.url}/sandboxes/one/oauth2/authorize`)).status).toBe(404);
    await things.create('open');
    expect((await post(tokenUrl('open'), { grant_type: 'client_credentials' })).status).toBe(404);
  });
});

describe('a participant of a sandbox with signed JWTs', () => {
  it('answers whoever has a token, and knows whose it is', async () => {
    const token = await tokenOf();
    expect((await call(token, 'PUT')).status).toBe(201);
    expect((await call(token)).status).toBe(200);
    expect((await things.exchanges('one')).at(-1)).toMatchObject({ from: 'asker', claimed: false, to: 'answerer' });
  });

  const read = async (reply: Response) => {
    const { issue } = (await reply.json()) as { issue: { diagnostics: string }[] };
    return [reply.status, issue[0]?.diagnostics, reply.headers.get('www-authenticate')];
  };
  const refused = async (id: string) => {
    const said = (await loadMistakes()).api[id];
    return [
      said?.status,
      said?.words,
      `Bearer realm="sandbox", error="${said?.error}", error_description="${said?.words}"`,
    ];
  };

  it.each([
    ['authorization-missing', async () => undefined],
    ['token-missing', async () => ''],
    ['token-invalid', async () => 'abcdef123456789'],
    ['token-invalid', async () => 'fp_one_asker'],
    ['token-invalid', async () => tokenOf({}, 'two')],
  ])('says %s in the platform’s words', async (mistake, token) => {
    expect(await read(await call(await token()))).toEqual(await refused(mistake));
  });

  it('says 403 where the token is good but not for this', async () => {
    const token = await tokenOf({ scope: 'read' });
    expect((await call(token)).status).toBe(200);
    expect(await read(await call(token, 'PUT'))).toEqual(await refused('not-entitled'));
    await register('two', 'helper', { keys: [supplier.publicKey], scopes: [] });
    expect(await read(await call(await tokenOf({}, 'two', 'helper'), 'GET', 'two'))).toEqual(
      await refused('not-entitled'),
    );
  });

  it('takes a token for ten minutes of real time, or for as long as was asked for, and then says that it has expired', async () => {
    const [usual, short] = [await tokenOf(), await tokenOf({ _access_token_expiry_ms: '2000' })];
    await things.host.sql.transaction((tx) =>
      tx.query("update sandbox set clock_base = clock_base + 432000000 where id = 'one'"),
    );
    expect((await call(short)).status).toBe(200);
    real += 2_000;
    expect(await read(await call(short))).toEqual(await refused('token-expired'));
    expect((await things.exchanges('one')).at(-1)).toMatchObject({ from: 'asker', reply: { status: 401 } });
    expect((await call(usual)).status).toBe(200);
    real += 600_000;
    expect(await read(await call(usual))).toEqual(await refused('token-expired'));
  });

  it('keeps neither assertion nor token in the journal, but what was asked and what was wrong with it', async () => {
    const clientId = (await clientOf('one')).clientId;
    const client_assertion = await sign(supplier, { clientId, tokenUrl: tokenUrl(), now: real });
    const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
    const first = (await (await post(tokenUrl(), form)).json()) as { access_token: string };
    await post(tokenUrl(), form);
    await call(first.access_token);
    await call(client_assertion);
    const seen = await things.exchanges('one');
    const text = JSON.stringify(seen);
    for (const secret of [client_assertion, client_assertion.split('.')[2] ?? '', first.access_token])
      expect(text).not.toContain(secret);
    const asked = seen.filter(({ operation }) => operation === 'issueToken').slice(-2);
    expect(asked).toMatchObject([
      { from: 'asker', claimed: false, to: 'oauth2', note: expect.stringMatching(/alg "RS512".*exp in (299|300) s/) },
      { from: 'asker', to: 'oauth2', reply: { status: 400, body: expect.stringContaining('Non-unique') } },
    ]);
  });
});
