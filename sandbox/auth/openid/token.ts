import type { Reply } from '../../pattern.ts';
import type { Reader } from '../../sql/port.ts';
import { type Asked, refusalReply, tokenReply } from '../asked.ts';
import { clientsOf } from '../clients.ts';
import { expiresIn, lifetimeOf } from '../lifetime.ts';
import { insertToken } from '../token-rows.ts';
import { type Opened, REFRESH_LIFE } from './provider.ts';
import { loadUsers } from './users.ts';

interface Issued {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly scope?: string;
}

interface Kept {
  readonly accountId?: string;
  readonly clientId?: string;
  /** How often a refresh token has been replaced by the next. */
  readonly rotations?: number;
}

/** What the provider has just written down of a token. */
const keptOf = async (reader: Reader, sandbox: string, model: string, token = ''): Promise<Kept> => {
  const [row] = await reader.query<{ payload: string }>(
    'select payload from auth_entity where sandbox = $1 and model = $2 and id = $3',
    [sandbox, model, token],
  );
  return row === undefined ? {} : JSON.parse(row.payload);
};

/** Makes a token that the provider issued one of the sandbox's, and says it as the platform does. */
export const tokenIssued = async (asked: Asked, form: URLSearchParams, reply: Reply): Promise<Reply> => {
  const { host, sandbox, recording } = asked;
  const { access_token, refresh_token, id_token, scope }: Issued = JSON.parse(String(reply.body));
  const [clients, users] = await Promise.all([clientsOf(host.sql, sandbox), loadUsers()]);
  const life = lifetimeOf(form);
  const { id } = sandbox.row;
  const { rotations = 0 } = await keptOf(host.sql, id, 'RefreshToken', refresh_token);
  const owned = await recording.transaction(host.sql, async (tx) => {
    const { accountId, clientId } = await keptOf(tx, id, 'AccessToken', access_token);
    const client = clients.find((one) => one.clientId === clientId);
    const user = users.find((one) => one.id === accountId);
    if (client === undefined || user === undefined) return undefined;
    const rights = user.rights.filter((right) => client.scopes.includes(right));
    const { name: participant } = client.participant;
    const expires = host.now() + life;
    await insertToken(tx, access_token, { sandbox: id, participant, subject: user.id, rights, expires });
    return { participant, user };
  });
  // Somebody else redeemed the same code at the same moment, which ends what comes of it (RFC 9700, 4.5.3.2).
  if (owned === undefined) return refusalReply('code-invalid', asked.exchange);
  const { participant, user } = owned;
  asked.from(participant, true);
  asked.note(`Issued to the client of ${participant} for ${user.name} (${user.role})`);
  return tokenReply({
    access_token,
    expires_in: expiresIn(life),
    token_type: 'Bearer',
    refresh_token,
    refresh_token_expires_in: String(REFRESH_LIFE),
    refresh_count: String(rotations),
    id_token,
    scope,
  });
};

/** Which of the platform's mistakes it is; the provider's own detail stays with us, in the journal. */
const mistakeOf = (form: URLSearchParams, error: string, detail: string): string => {
  if (error === 'invalid_client') return 'client-invalid';
  if (error === 'invalid_scope') return 'scope-invalid';
  if (form.get('grant_type') === 'refresh_token') return 'refresh-token-invalid';
  if (/redirect_uri/.test(detail)) return 'redirect-uri-invalid';
  if (/pkce|code_verifier|verifier/i.test(detail)) return 'verifier-invalid';
  return 'code-invalid';
};

export const tokenRefused = async (
  asked: Asked,
  form: URLSearchParams,
  { detail = '' }: Opened,
  reply: Reply,
): Promise<Reply> => {
  if (reply.status >= 500) return reply;
  const { error = '' }: { error?: string } = JSON.parse(String(reply.body ?? '{}'));
  if (detail !== '') asked.note(`The OpenID provider: ${detail}`);
  return refusalReply(mistakeOf(form, error, detail), asked.exchange);
};
