import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMistakes } from '../mistakes.ts';
import { post } from '../supplier.test-data.ts';
import { newPkce, openBrowser } from './browser.test-data.ts';
import { BACK, CLINICIAN, type Issued, PATIENT_P5, RECEPTIONIST, startUsers, type Users } from './users.test-data.ts';

let users: Users;
beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users.things.close());

describe('signing in to a sandbox', () => {
  it('lets somebody choose a synthetic user on a page of ours that runs no script and can be framed nowhere', async () => {
    const browser = openBrowser();
    const { url, reply } = await browser.follow(users.authorizeUrl(newPkce()));
    expect(url).toMatch(/\/sandboxes\/one\/oauth2\/sign-in\/[\w-]+$/);
    expect([reply?.status, reply?.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(reply?.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self' https://client.example; frame-ancestors 'none'; base-uri 'none'",
    );
    const page = await reply?.text();
    for (const name of ['Dr Asha Verma', 'Robin Okafor', 'Jane Smith']) expect(page).toContain(name);
    const nobody = await browser.go(url, { method: 'POST', body: new URLSearchParams({ do: 'sign-in' }) });
    expect([nobody.status, await nobody.text()]).toEqual([400, expect.stringContaining('Choose one of the users')]);
    const style = await fetch(`${users.issuer()}/sign-in.css`);
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    // Cookies of one sandbox are none of another's.
    for (const cookie of browser.cookies()) expect(cookie).toContain(' /sandboxes/one/oauth2');
  });

  it('sends the browser back with a code, or with what became of it', async () => {
    const back = await users.signIn(CLINICIAN, newPkce());
    expect(back.origin + back.pathname).toBe(BACK);
    expect(Object.fromEntries(back.searchParams)).toEqual({
      code: expect.any(String),
      state: 'state-of-the-client',
      iss: users.issuer(),
    });
    const browser = openBrowser();
    const { url } = await browser.follow(users.authorizeUrl(newPkce()));
    const cancelled = await browser.follow(url, { method: 'POST', body: new URLSearchParams({ do: 'cancel' }) });
    expect(new URL(cancelled.url).searchParams.get('error')).toBe('access_denied');
  });

  it('is of no use without the cookie of the browser that began it', async () => {
    const { url } = await openBrowser().follow(users.authorizeUrl(newPkce()));
    const elsewhere = await openBrowser().go(url, { method: 'POST', body: new URLSearchParams({ user: CLINICIAN }) });
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([400, null]);
  });

  it('needs PKCE', async () => {
    const params = { code_challenge: undefined, code_challenge_method: undefined };
    const { url } = await openBrowser().follow(users.authorizeUrl(newPkce(), params));
    expect(new URL(url).searchParams.get('error')).toBe('invalid_request');
  });

  it.each([
    ['client-id-missing', { client_id: undefined }],
    ['client-id-invalid', { client_id: 'nobody' }],
    ['redirect-uri-missing', { redirect_uri: undefined }],
    ['redirect-uri-invalid', { redirect_uri: 'https://elsewhere.example/' }],
  ])('says %s as the platform does, and to a browser on a page', async (mistake, params) => {
    const said = (await loadMistakes()).token[mistake];
    const reply = await fetch(users.authorizeUrl(newPkce(), params), { redirect: 'manual' });
    expect([reply.status, await reply.json()]).toEqual([
      said?.status,
      { error: said?.error, error_description: said?.words, message_id: expect.any(String) },
    ]);
    const page = await openBrowser().go(users.authorizeUrl(newPkce(), params));
    expect([page.status, await page.text()]).toEqual([said?.status, expect.stringContaining(said?.words ?? '?')]);
  });
});

describe('tokens of a user', () => {
  it('are issued for a code and say who it is, as the platform writes it', async () => {
    const pkce = newPkce();
    const code = await users.codeOf(CLINICIAN, pkce);
    const reply = await users.redeem(code, pkce);
    const issued = (await reply.json()) as Issued;
    expect([reply.status, issued]).toEqual([
      200,
      {
        access_token: expect.any(String),
        expires_in: '599',
        token_type: 'Bearer',
        refresh_token: expect.any(String),
        refresh_token_expires_in: '43199',
        refresh_count: '0',
        id_token: expect.any(String),
        scope: 'openid',
      },
    ]);
    const keys = createRemoteJWKSet(new URL(`${users.issuer()}/jwks`));
    const { payload } = await jwtVerify(issued.id_token, keys, { issuer: users.issuer(), audience: users.idOf() });
    expect(payload).toMatchObject({
      sub: CLINICIAN,
      nonce: 'nonce-of-the-client',
      nhsid_nrbac_roles: [{ role_code: 'S8000:G8000:R8000' }],
    });
    const info = await fetch(`${users.issuer()}/userinfo`, {
      headers: { authorization: `Bearer ${issued.access_token}` },
    });
    expect(await info.json()).toMatchObject({ sub: CLINICIAN, name: 'Dr Asha Verma' });
    const discovered = await fetch(`${users.issuer()}/.well-known/openid-configuration`);
    expect(await discovered.json()).toMatchObject({
      issuer: users.issuer(),
      token_endpoint: `${users.issuer()}/token`,
    });
  });

  it('are good for what the user may, and calls are recorded as the participant’s', async () => {
    const clinician = await users.tokensOf(CLINICIAN);
    expect((await users.call(clinician.access_token, 'PUT')).status).toBe(201);
    expect((await users.things.exchanges('one')).at(-1)).toMatchObject({
      from: 'asker',
      claimed: false,
      to: 'answerer',
    });
    // Of a client that keeps no secret.
    const receptionist = await users.tokensOf(RECEPTIONIST, 'helper', { client_secret: undefined });
    expect((await users.call(receptionist.access_token)).status).toBe(200);
    const said = (await loadMistakes()).api['user-not-entitled'];
    for (const [token, method] of [
      [receptionist.access_token, 'PUT'],
      [(await users.tokensOf(PATIENT_P5)).access_token, 'GET'],
    ] as const) {
      const refused = await users.call(token, method);
      const { issue } = (await refused.json()) as { issue: { diagnostics: string }[] };
      expect([refused.status, issue[0]?.diagnostics]).toEqual([403, said?.words]);
    }
  });

  it('are refreshed, each refresh token once, and end when they are revoked', async () => {
    const first = await users.tokensOf(CLINICIAN);
    const refresh = (refresh_token: string) =>
      post(`${users.issuer()}/token`, {
        grant_type: 'refresh_token',
        client_id: users.idOf(),
        client_secret: 'fp_one_asker',
        refresh_token,
      });
    const second = (await (await refresh(first.refresh_token)).json()) as Issued & { refresh_count: string };
    expect(second.refresh_count).toBe('1');
    expect((await users.call(second.access_token)).status).toBe(200);
    const client = { client_id: users.idOf(), client_secret: 'fp_one_asker' };
    expect((await post(`${users.issuer()}/revoke`, { ...client, token: second.access_token })).status).toBe(200);
    expect((await users.call(second.access_token)).status).toBe(401);
    const again = await refresh(first.refresh_token);
    expect([again.status, await again.json()]).toMatchObject([401, { error_description: 'refresh_token is invalid' }]);
    // Somebody else may have it: RFC 9700, 4.14.2.
    expect((await users.call(first.access_token)).status).toBe(401);
  });

  it('are of no other sandbox', async () => {
    const { access_token } = await users.tokensOf(CLINICIAN);
    expect((await users.call(access_token, 'GET', 'two')).status).toBe(401);
    const pkce = newPkce();
    const code = await users.codeOf(CLINICIAN, pkce);
    expect(await (await users.redeem(code, pkce, {}, 'two')).json()).toMatchObject({ error: 'invalid_grant' });
  });
});

it('no code, token, verifier, cookie or secret of signing in is in the journal', async () => {
  const pkce = newPkce();
  const back = await users.signIn(CLINICIAN, pkce);
  const code = back.searchParams.get('code') ?? '';
  const issued = (await (await users.redeem(code, pkce)).json()) as Issued;
  await users.call(issued.access_token);
  const text = JSON.stringify(await users.things.exchanges('one'));
  expect(text.includes('oauth2/sign-in/')).toBe(true);
  const secrets = [code, pkce.verifier, 'fp_one_asker', issued.access_token, issued.refresh_token, issued.id_token];
  for (const secret of secrets) expect([secret.length > 10, text.includes(secret)]).toEqual([true, false]);
  expect(/_session|_interaction/.test(text)).toBe(false);
});
