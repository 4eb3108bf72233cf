import { type Client, clientsOf } from '../../sandbox/auth/clients.ts';
import { issuerOf, tokenUrlOf, usesTokens } from '../../sandbox/auth/mode.ts';
import type { LoadedPattern } from '../../sandbox/http/host.ts';
import type { LoadedSandbox } from '../../sandbox/participants.ts';
import { takingPart } from '../../sandbox/serving.ts';
import type { Surroundings } from './surroundings.ts';

/** Participants that call others in a dialect, and so are clients. */
export const callersOf = ({ manifest }: LoadedPattern, dialect: string): readonly string[] =>
  takingPart(manifest.participants, dialect)
    .filter(([, { starts }]) => starts.length > 0)
    .map(([, { name }]) => name);

/** Client of openapi/service.yaml. */
export const clientView = (client: Client, auth: string, showCredentials: boolean) => {
  const { participant, clientId, keys, jwksUrl, redirectUris, open, scopes } = client;
  const secret = auth === 'user-restricted' && !open && showCredentials;
  return {
    participant: participant.name,
    clientId,
    ...(secret ? { secret: participant.credential } : {}),
    keys: keys === undefined ? (jwksUrl === undefined ? 'none' : 'url') : 'uploaded',
    ...(keys === undefined ? {} : { kids: keys.map(({ kid }) => kid) }),
    ...(jwksUrl === undefined ? {} : { jwksUrl }),
    redirectUris,
    public: open,
    scopes,
  };
};

/** SandboxAuthentication of openapi/service.yaml; undefined where callers need no token. */
export const authenticationView = async (
  { host }: Surroundings,
  sandbox: LoadedSandbox,
  pattern: LoadedPattern,
  showCredentials: boolean,
) => {
  const { id, auth, dialect } = sandbox.row;
  if (!usesTokens(auth)) return undefined;
  const callers = callersOf(pattern, dialect);
  const clients = (await clientsOf(host.sql, sandbox)).filter(({ participant }) => callers.includes(participant.name));
  const shown = {
    tokenUrl: tokenUrlOf(host.publicUrl(), id),
    clients: clients.map((one) => clientView(one, auth, showCredentials)),
  };
  if (auth !== 'user-restricted') return shown;
  const { loadUsers } = await import('../../sandbox/auth/openid/users.ts');
  const users = (await loadUsers()).map(({ id: user, name, role, rights }) => ({ id: user, name, role, rights }));
  const issuer = issuerOf(host.publicUrl(), id);
  return { ...shown, issuer, authorizeUrl: `${issuer}/authorize`, users };
};
