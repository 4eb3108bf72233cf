import { startThings, type ThingsService } from '../../http/things-service.ts';
import { clientIdOf, saveClient, UNREGISTERED } from '../clients.ts';
import { paramsOf, post } from '../supplier.test-data.ts';
import { newPkce, openBrowser, type Pkce } from './browser.test-data.ts';

export const BACK = 'https://client.example/signed-in';
export const CLINICIAN = '999000000101';
export const RECEPTIONIST = '999000000102';
export const PATIENT_P5 = '9000000025';

type Given = Readonly<Record<string, string | undefined>>;

export interface Issued {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
}

/** Two sandboxes whose callers are users: of one, `asker` has a client with a secret and `helper` one without. */
export const startUsers = async () => {
  const things: ThingsService = await startThings();
  for (const sandbox of ['one', 'two']) await things.create(sandbox, { auth: 'user-restricted' });
  const redirectUris = [BACK];
  await things.host.sql.transaction(async (tx) => {
    await saveClient(tx, 'one', 'asker', { ...UNREGISTERED, redirectUris });
    await saveClient(tx, 'one', 'helper', { ...UNREGISTERED, redirectUris, open: true });
    await saveClient(tx, 'two', 'asker', { ...UNREGISTERED, redirectUris });
  });
  const issuer = (sandbox = 'one'): string => `${things.url}/sandboxes/${sandbox}/oauth2`;
  const idOf = (participant = 'asker', sandbox = 'one') => clientIdOf({ credential: `fp_${sandbox}_${participant}` });

  const authorizeUrl = ({ challenge }: Pkce, more: Given = {}, sandbox = 'one') =>
    `${issuer(sandbox)}/authorize?${paramsOf({
      client_id: idOf('asker', sandbox),
      response_type: 'code',
      redirect_uri: BACK,
      scope: 'openid',
      state: 'state-of-the-client',
      nonce: 'nonce-of-the-client',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...more,
    })}`;

  /** Signs somebody in, as a browser would, and gives the address that the client is called back at. */
  const signIn = async (user: string, pkce: Pkce, client = 'asker', sandbox = 'one'): Promise<URL> => {
    const browser = openBrowser();
    const { url } = await browser.follow(authorizeUrl(pkce, { client_id: idOf(client, sandbox) }, sandbox));
    const form = new URLSearchParams({ user, do: 'sign-in' });
    return new URL((await browser.follow(url, { method: 'POST', body: form })).url);
  };

  /** A code of its own, for somebody who has just signed in. */
  const codeOf = async (user: string, pkce: Pkce, client = 'asker'): Promise<string> =>
    (await signIn(user, pkce, client)).searchParams.get('code') ?? '';

  const redeem = (code: string, { verifier }: Pkce, more: Given = {}, sandbox = 'one') =>
    post(`${issuer(sandbox)}/token`, {
      grant_type: 'authorization_code',
      client_id: idOf('asker', sandbox),
      client_secret: `fp_${sandbox}_asker`,
      redirect_uri: BACK,
      code,
      code_verifier: verifier,
      ...more,
    });

  const tokensOf = async (user: string, client = 'asker', more: Given = {}): Promise<Issued> => {
    const pkce = newPkce();
    const own = { client_id: idOf(client), client_secret: `fp_one_${client}` };
    const reply = await redeem(await codeOf(user, pkce, client), pkce, { ...own, ...more });
    return JSON.parse(await reply.text());
  };

  const call = (token: string, method = 'GET', sandbox = 'one') =>
    fetch(`${things.url}/sandboxes/${sandbox}/answerer/FHIR/R4/Thing/y`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      ...(method === 'GET' ? {} : { body: '{}' }),
    });

  return { things, issuer, idOf, authorizeUrl, signIn, codeOf, redeem, tokensOf, call };
};

export type Users = Awaited<ReturnType<typeof startUsers>>;
