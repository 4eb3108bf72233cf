import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASSERTION_TYPE, newSupplier, post, type Supplier, sign } from '../../sandbox/auth/supplier.test-data.ts';
import type { RunningService } from '../main.ts';
import { type CheckedApi, checkedApi } from './test/checked-api.ts';
import { at, type EchoClient, echoClient } from './test/echo-client.ts';
import { type Made, type Refusal, startEcho } from './test/echo-service.ts';

interface Shown extends Made {
  readonly auth: string;
  readonly endpoints: readonly (Made['endpoints'][number] & { readonly auth?: string })[];
  readonly authentication?: {
    readonly tokenUrl: string;
    readonly authorizeUrl?: string;
    readonly clients: readonly { participant: string; clientId: string; secret?: string; keys: string }[];
    readonly users?: readonly { id: string }[];
  };
}

let service: RunningService;
let api: CheckedApi;
let echo: EchoClient;
let supplier: Supplier;

beforeAll(async () => {
  service = await startEcho();
  api = await checkedApi(service.url);
  echo = echoClient(api);
  supplier = await newSupplier('k1');
});
afterAll(() => service.close());

const make = async (auth: unknown): Promise<Shown> => {
  const { status, body } = await api<Shown>('POST', '/api/sandboxes', { body: { pattern: 'echo', auth } });
  expect(status).toBe(201);
  return body;
};
const read = async (made: Shown, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(`${made.endpoints[0]?.url}/Basic/seeded`, { headers })).status;

describe('a sandbox is created with', () => {
  it('none: it answers everybody', async () => {
    const made = await make('none');
    expect([made.auth, made.authentication, await read(made)]).toEqual(['none', undefined, 200]);
  });

  it('bearer: with each endpoint comes what it asks for', async () => {
    const made = await make({ mode: 'bearer' });
    const [endpoint] = made.endpoints;
    expect([await read(made), await read(made, { authorization: `Bearer ${endpoint?.credential}` })]).toEqual([
      401, 200,
    ]);
  });

  it('api-key: in the header apikey, and nowhere else', async () => {
    const made = await make('api-key');
    const [endpoint] = made.endpoints;
    const credential = String(endpoint?.credential);
    expect(endpoint).toMatchObject({ auth: 'api-key', credential: expect.stringMatching(/^fp_/) });
    expect([
      await read(made),
      await read(made, { apikey: 'wrong' }),
      await read(made, { authorization: `Bearer ${credential}` }),
      await read(made, { apikey: credential }),
    ]).toEqual([401, 401, 401, 200]);
    const journal = await echo.journal(made, 4);
    expect(JSON.stringify(journal)).not.toContain(credential);
    expect(journal.map(({ from }) => from)).toEqual(['unknown', 'unknown', 'unknown', 'asker']);
  });

  it('signed-jwt: keys by upload, and a token for whoever signs with them', async () => {
    const made = await make({ mode: 'signed-jwt', clients: { asker: { jwks: { keys: [supplier.publicKey] } } } });
    expect(made.endpoints[0]).toMatchObject({ auth: 'signed-jwt' });
    expect(made.endpoints[0]?.credential).toBeUndefined();
    const { tokenUrl = '', clients = [] } = made.authentication ?? {};
    const { clientId = '' } = clients[0] ?? {};
    expect(clients).toMatchObject([
      { participant: 'asker', keys: 'uploaded', kids: ['k1'], scopes: ['read', 'write'] },
    ]);
    const client_assertion = await sign(supplier, { clientId, tokenUrl, now: Date.now() });
    const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
    const { access_token }: { access_token: string } = JSON.parse(await (await post(tokenUrl, form)).text());
    expect([await read(made), await read(made, { authorization: `Bearer ${access_token}` })]).toEqual([401, 200]);
    // A reset is a new generation of records, not of clients.
    expect((await api('POST', at(made, '/reset'), { key: made.key })).status).toBe(200);
    expect(await read(made, { authorization: `Bearer ${access_token}` })).toBe(200);
    expect((await api('DELETE', at(made), { key: made.key })).status).toBe(204);
    expect((await post(tokenUrl, form)).status).toBe(404);
  });

  it('user-restricted: a client with a secret, and the people who can sign in', async () => {
    const redirectUris = ['https://client.example/cb', 'http://127.0.0.1:9000/cb', 'com.example.app:/cb'];
    const made = await make({ mode: 'user-restricted', clients: { asker: { redirectUris } } });
    const { authentication } = made;
    expect(authentication).toMatchObject({
      authorizeUrl: `${service.url}/sandboxes/${made.id}/oauth2/authorize`,
      clients: [{ redirectUris, public: false, secret: expect.stringMatching(/^fp_/) }],
      users: expect.arrayContaining([expect.objectContaining({ name: 'Dr Asha Verma', rights: ['read', 'write'] })]),
    });
    const reader = { label: 'dashboard', scope: 'read' };
    const { key } = (await api<{ key: string }>('POST', at(made, '/keys'), { key: made.key, body: reader })).body;
    const shown = (await api<Shown>('GET', at(made), { key })).body;
    expect(shown.authentication?.clients[0]?.secret).toBeUndefined();
  });

  it.each(['bearer', 'api-key', 'signed-jwt', 'user-restricted'])(
    '%s: and what is simulated goes on by itself, for nobody outside can be it',
    async (auth) => {
      const made = await make(auth);
      const act = await api('POST', at(made, '/participants/asker/acts/ask'), {
        key: made.key,
        body: { id: 'seeded' },
      });
      expect(act).toMatchObject({ status: 200, body: { result: { status: 200 } } });
    },
  );
});

describe('what is registered of a client', () => {
  const small = { kty: 'RSA', kid: 's', n: Buffer.alloc(128, 1).toString('base64url'), e: 'AQAB' };
  const cases: readonly (readonly [what: string, auth: object, at: string])[] = [
    ['a participant that calls nobody', { mode: 'signed-jwt', clients: { keeper: {} } }, '/auth/clients/keeper'],
    ['a client where no token is asked for', { mode: 'api-key', clients: { asker: {} } }, '/auth/clients/asker'],
    [
      'a private key',
      { mode: 'signed-jwt', clients: { asker: { jwks: { keys: [{ ...small, d: 'x' }] } } } },
      '/auth/clients/asker/jwks/keys/0',
    ],
    [
      'a key that is too small',
      { mode: 'signed-jwt', clients: { asker: { jwks: { keys: [small] } } } },
      '/auth/clients/asker/jwks/keys/0',
    ],
    [
      'keys and where they are',
      { mode: 'signed-jwt', clients: { asker: { jwksUrl: 'https://a.example/', jwks: { keys: [small] } } } },
      '/auth/clients/asker/jwksUrl',
    ],
    [
      'keys that lie where we may not look',
      { mode: 'signed-jwt', clients: { asker: { jwksUrl: 'http://169.254.169.254/jwks' } } },
      '/auth/clients/asker/jwksUrl',
    ],
    [
      'a redirect that is not encrypted',
      { mode: 'user-restricted', clients: { asker: { redirectUris: ['http://client.example/'] } } },
      '/auth/clients/asker/redirectUris/0',
    ],
    [
      'a redirect into a script',
      { mode: 'user-restricted', clients: { asker: { redirectUris: ['javascript:alert(1)'] } } },
      '/auth/clients/asker/redirectUris/0',
    ],
    [
      'keys where users sign in',
      { mode: 'user-restricted', clients: { asker: { jwksUrl: 'https://a.example/' } } },
      '/auth/clients/asker/jwksUrl',
    ],
  ];
  it.each(cases)('is refused with its place: %s', async (_, auth, place) => {
    const { status, body } = await api<Refusal>('POST', '/api/sandboxes', { body: { pattern: 'echo', auth } });
    expect([status, body.errors.map((error) => error.at)]).toEqual([400, expect.arrayContaining([place])]);
  });

  it('can be replaced, by whoever has the seat, too, and the journal says who did', async () => {
    const made = await make('signed-jwt');
    const mine = { label: 'supplier', scope: 'participant', participant: 'asker' };
    const { key } = (await api<{ key: string }>('POST', at(made, '/keys'), { key: made.key, body: mine })).body;
    const body = { jwks: { keys: [supplier.publicKey] }, scopes: ['read'] };
    const path = at(made, '/participants/asker/client');
    const { status, body: client } = await api('PUT', path, { key, body });
    expect([status, client]).toMatchObject([200, { keys: 'uploaded', scopes: ['read'] }]);
    expect((await api('PUT', at(made, '/participants/keeper/client'), { key: made.key, body })).status).toBe(404);
    const open = await make('none');
    expect((await api('PUT', at(open, '/participants/asker/client'), { key: open.key, body })).status).toBe(409);
    expect((await echo.journal(made, 1))[0]).toMatchObject({
      kind: 'control',
      to: 'asker',
      summary: expect.stringContaining('key “supplier”'),
    });
  });
});
