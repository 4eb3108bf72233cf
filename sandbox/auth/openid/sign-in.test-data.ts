import { paramsOf } from '../supplier.test-data.ts';
import { newPkce, openBrowser } from './browser.test-data.ts';
import { BACK, type Issued } from './users.test-data.ts';

export interface SignIn {
  /** `…/oauth2` of a sandbox. */
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: string;
  /** The synthetic user's id. */
  readonly user: string;
  /** In place of fetch: over TLS, with a certificate of one's own. */
  readonly send?: (url: string, init?: RequestInit) => Promise<Response>;
}

/** The whole way of a client whose user signs in, by authorisation code with PKCE; it is sent back to BACK. */
export const signIn = async ({ issuer, clientId, secret, user, send = fetch }: SignIn): Promise<Issued> => {
  const { verifier, challenge } = newPkce();
  const browser = openBrowser(send);
  const asked = paramsOf({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: BACK,
    scope: 'openid',
    state: 'state-of-the-client',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const page = await browser.follow(`${issuer}/authorize?${asked}`);
  const chosen = new URLSearchParams({ user, do: 'sign-in' });
  const back = new URL((await browser.follow(page.url, { method: 'POST', body: chosen })).url);
  const form = {
    grant_type: 'authorization_code',
    client_id: clientId,
    client_secret: secret,
    redirect_uri: BACK,
    code: back.searchParams.get('code') ?? '',
    code_verifier: verifier,
  };
  const reply = await send(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  if (reply.status !== 200) throw new Error(await reply.text());
  return JSON.parse(await reply.text());
};
