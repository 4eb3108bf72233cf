import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMistakes } from '../mistakes.ts';
import { newPkce } from './browser.test-data.ts';
import { CLINICIAN, type Issued, startUsers, type Users } from './users.test-data.ts';

let users: Users;
beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users.things.close());

describe('the token endpoint of users', () => {
  const cases: readonly (readonly [mistake: string, form: Readonly<Record<string, string | undefined>>])[] = [
    ['grant-type-missing', { grant_type: undefined }],
    ['grant-type-invalid', { grant_type: 'password' }],
    ['grant-type-not-configured', { grant_type: 'client_credentials' }],
    ['client-id-missing', { client_id: undefined }],
    ['client-secret-missing', { client_secret: undefined }],
    ['client-invalid', { client_id: 'nobody' }],
    ['client-invalid', { client_secret: 'wrong' }],
    ['redirect-uri-missing', { redirect_uri: undefined }],
    ['redirect-uri-invalid', { redirect_uri: 'https://client.example/other' }],
    ['code-missing', { code: undefined }],
    ['code-invalid', { code: 'made-up' }],
    ['verifier-invalid', { code_verifier: newPkce().verifier }],
    ['verifier-invalid', { code_verifier: undefined }],
    ['refresh-token-missing', { grant_type: 'refresh_token' }],
    ['refresh-token-invalid', { grant_type: 'refresh_token', refresh_token: 'made-up' }],
  ];
  it.each(cases)('answers %s as the platform does (%o)', async (mistake, wrong) => {
    const pkce = newPkce();
    const code = await users.codeOf(CLINICIAN, pkce);
    const said = (await loadMistakes()).token[mistake];
    const reply = await users.redeem(code, pkce, wrong);
    expect([reply.status, await reply.json()]).toEqual([
      said?.status,
      { error: said?.error, error_description: said?.words, message_id: expect.any(String) },
    ]);
  });

  it('takes a code once, even of two that come together, and then ends what it was redeemed for', async () => {
    const pkce = newPkce();
    const code = await users.codeOf(CLINICIAN, pkce);
    const both = await Promise.all([users.redeem(code, pkce), users.redeem(code, pkce)]);
    const winners = both.filter(({ status }) => status === 200);
    expect(winners.length).toBeLessThan(2);
    expect(both.map(({ status }) => status)).toContain(400);
    expect((await users.redeem(code, pkce)).status).toBe(400);
    for (const winner of winners)
      expect((await users.call(((await winner.json()) as Issued).access_token)).status).toBe(401);
  });
});
