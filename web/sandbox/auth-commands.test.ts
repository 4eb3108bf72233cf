import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../data/sandbox-types.ts';
import { tokenCommands } from './auth-commands.ts';
import { commandsFor } from './commands.ts';

const client = {
  participant: 'requester',
  clientId: 'id-of-it',
  keys: 'none' as const,
  redirectUris: [],
  public: false,
  scopes: ['read'],
};
const authentication = { tokenUrl: 'http://h/sandboxes/s/oauth2/token', clients: [client] };

describe('commands that get a token', () => {
  it('sign with the kid that is registered, or with the one that the key is made with', () => {
    const [make, get] = tokenCommands(authentication, client);
    expect([make?.text, get?.text]).toEqual([
      expect.stringContaining('kid: "test-1"'),
      expect.stringContaining('"alg":"RS512","typ":"JWT","kid":"%s"}\' test-1 '),
    ]);
    expect(tokenCommands(authentication, { ...client, kids: ["it's"] })[1]?.text).toContain("'it'\\''s' | b64");
  });

  it('send a browser to the redirect URI that is registered, and redeem the code with or without a secret', () => {
    const of = { ...authentication, authorizeUrl: 'http://h/sandboxes/s/oauth2/authorize' };
    const registered = { ...client, secret: 'fp_x', redirectUris: ['https://a.example/cb?x=1'] };
    const [send, redeem] = tokenCommands(of, registered);
    expect(send?.text).toContain('redirect_uri=https%3A%2F%2Fa.example%2Fcb%3Fx%3D1&code_challenge=$CHALLENGE');
    expect(redeem?.text).toContain('--data-urlencode client_secret=fp_x');
    expect(tokenCommands(of, client)[1]?.text).not.toContain('client_secret');
  });
});

it('commands of an endpoint take the token from the shell, or send an API key where that is asked for', () => {
  const requests = [{ title: 'Read', method: 'GET', path: '/Patient/1', headers: {} }];
  const endpoint = { participant: 'provider', protocol: 'fhir-r4', url: 'http://h/FHIR/R4', requests };
  const sandbox: Sandbox = {
    id: 's',
    pattern: 'synchronous-request-response',
    dialect: 'fhir-r4',
    auth: 'signed-jwt',
    authentication,
    createdAt: '2026-11-22T10:00:00Z',
    expiresAt: '2026-11-23T10:00:00Z',
    clock: { now: '2026-11-22T10:00:00Z', speed: 1 },
    participants: [],
    endpoints: [endpoint],
    worklist: false,
    queues: false,
  };
  expect(commandsFor(sandbox, endpoint, () => '')[0]?.text).toContain('-H "Authorization: Bearer $TOKEN"');
  const { authentication: _, ...keyed } = sandbox;
  const withKey = { ...endpoint, auth: 'api-key', credential: 'fp_x' };
  expect(commandsFor(keyed, withKey, () => '')[0]?.text).toContain("-H 'apikey: fp_x'");
});
