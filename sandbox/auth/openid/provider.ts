import Provider, { type AdapterPayload, type Configuration, interactionPolicy } from 'oidc-provider';
import type { Asked } from '../asked.ts';
import { type Client, clientsOf } from '../clients.ts';
import { lifetimeOf } from '../lifetime.ts';
import { issuerOf } from '../mode.ts';
import { createAdapter } from './adapter.ts';
import { errorPage } from './page.ts';
import { signingOf } from './signing.ts';
import { loadUsers, type User } from './users.ts';

const MINUTE = 60;
/** Seconds: a code's minute, the platform's hour of a sign-in, and its twelve hours of refreshing. */
const LIVES = { AuthorizationCode: MINUTE, IdToken: 60 * MINUTE, Interaction: 10 * MINUTE, Session: 10 * MINUTE };
export const REFRESH_LIFE = 43_199;

/** How a client proves itself is how it does so in this very request: by a header, by the form, or not at all. */
const metadataOf = (client: Client, authorization: string | undefined): AdapterPayload => {
  const basic = authorization?.toLowerCase().startsWith('basic ') === true;
  return {
    client_id: client.clientId,
    client_name: client.participant.name,
    redirect_uris: [...client.redirectUris],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: 'native',
    scope: 'openid profile offline_access nhs-login nhs-cis2',
    token_endpoint_auth_method: client.open ? 'none' : basic ? 'client_secret_basic' : 'client_secret_post',
    ...(client.open ? {} : { client_secret: client.participant.credential }),
  };
};

const claimsOf = (users: readonly User[]): string[] => [
  ...new Set(users.flatMap(({ claims }) => ['name', ...Object.keys(claims)])),
];

/** Whoever comes is asked who it is to be this time: to try another user is what a sandbox is for. */
const askAlways = (): interactionPolicy.DefaultPolicy => {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  policy
    .get('login')
    ?.checks.add(
      new Check('choose', 'A synthetic user has to be chosen', (ctx) =>
        ctx.oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    );
  // The page that asks who signs in names the client: it is not asked a second time.
  policy.get('consent')?.checks.clear();
  return policy;
};

export interface Opened {
  readonly provider: Provider;
  /** Path of the issuer, below which everything lies. */
  readonly mount: string;
  readonly clients: readonly Client[];
  readonly users: readonly User[];
  /** What the provider says went wrong, for itself: its replies say less. */
  detail: string | undefined;
}

/**
 * The OpenID provider of one sandbox, made for one request and forgotten with it: that takes some milliseconds, and so a
 * sandbox is nothing but rows. oidc-provider is certified by the OpenID Foundation.
 */
export const openProvider = async (asked: Asked, form: URLSearchParams): Promise<Opened> => {
  const { host, sandbox, headers } = asked;
  const { id } = sandbox.row;
  const issuer = issuerOf(host.publicUrl(), id);
  const mount = new URL(issuer).pathname;
  const [clients, users, signing] = await Promise.all([
    clientsOf(host.sql, sandbox),
    loadUsers(),
    signingOf(host.sql, id),
  ]);
  const configuration: Configuration = {
    adapter: createAdapter({
      sql: host.sql,
      sandbox: id,
      now: () => host.now(),
      client: (clientId) => {
        const found = clients.find((one) => one.clientId === clientId);
        return found && metadataOf(found, headers.authorization);
      },
    }),
    findAccount: (_ctx, sub) => {
      const user = users.find((one) => one.id === sub);
      return user && { accountId: sub, claims: () => ({ sub, name: user.name, ...user.claims }) };
    },
    jwks: { keys: [signing.jwk] },
    cookies: {
      keys: [signing.cookies],
      long: { signed: true, httpOnly: true, sameSite: 'lax', path: mount },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    claims: { openid: ['sub', ...claimsOf(users)] },
    // As NHS CIS2 does it: what is known of the user stands in the ID token, too.
    conformIdTokenClaims: false,
    scopes: ['openid', 'profile', 'offline_access', 'nhs-login', 'nhs-cis2'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      userinfo: { enabled: true },
    },
    issueRefreshToken: () => true,
    // The platform takes a refresh token once.
    rotateRefreshToken: () => true,
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      // Signing in says that it agrees: the page names the client.
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile offline_access nhs-login nhs-cis2');
      await grant.save();
      return grant;
    },
    interactions: { policy: askAlways(), url: (_ctx, { uid }) => `${mount}/sign-in/${uid}` },
    routes: {
      authorization: '/authorize',
      token: '/token',
      userinfo: '/userinfo',
      jwks: '/jwks',
      revocation: '/revoke',
    },
    ttl: {
      ...LIVES,
      AccessToken: Math.max(1, Math.ceil(lifetimeOf(form) / 1_000)),
      Grant: REFRESH_LIFE,
      RefreshToken: REFRESH_LIFE,
    },
    renderError: (ctx, { error_description: why, error }) => {
      ctx.type = 'html';
      ctx.body = errorPage(mount, why ?? error);
    },
  };
  const provider = new Provider(issuer, configuration);
  // What it is asked through is ours, and says what is true: see answer.ts.
  provider.proxy = true;
  const opened: Opened = { provider, mount, clients, users, detail: undefined };
  provider.on('grant.error', (_ctx, error) => {
    opened.detail = error.error_detail ?? error.message;
  });
  provider.on('server_error', (_ctx, err) => host.log.error({ err, correlation: asked.exchange }, 'OpenID provider'));
  return opened;
};
