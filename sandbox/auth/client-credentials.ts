import { decodeJwt, decodeProtectedHeader } from 'jose';
import { newCredential } from '../participants.ts';
import type { Reply } from '../pattern.ts';
import { type Asked, formOf, refusalReply, tokenReply } from './asked.ts';
import { type Accepted, judgeAssertion } from './assertion.ts';
import { clientsOf } from './clients.ts';
import { expiresIn, lifetimeOf } from './lifetime.ts';
import { TokenRefusal } from './mistakes.ts';
import { tokenUrlOf } from './mode.ts';
import { insertToken, isRight, type Right, wordsOf } from './token-rows.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const GRANT = 'client_credentials';
/** Characters: the platform's own limit on a form is about that. */
const ASSERTION_MAX = 20_000;

/** What the journal says of an assertion, which is itself a credential for as long as nobody has presented it. */
const describe = (jwt: string | null, tokenUrl: string, now: number): string | undefined => {
  try {
    const { alg, typ, kid } = decodeProtectedHeader(jwt ?? '');
    const { iss, sub, aud, exp, jti } = decodeJwt(jwt ?? '');
    const short = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value).slice(0, 80));
    const ends = typeof exp === 'number' ? `in ${Math.round(exp - now / 1_000)} s` : short(exp);
    return [
      `The assertion: alg ${short(alg)}, typ ${short(typ)}, kid ${short(kid)}`,
      `iss ${iss === sub ? 'is' : 'is not'} sub`,
      `aud ${aud === tokenUrl ? 'is this token URL' : short(aud)}`,
      `exp ${ends}, jti ${jti === undefined ? 'none' : 'given'}`,
    ].join(', ');
  } catch {
    return undefined;
  }
};

const assertionIn = (form: URLSearchParams): string => {
  const grant = form.get('grant_type') ?? '';
  if (grant === '') throw new TokenRefusal('grant-type-missing');
  if (grant === 'authorization_code' || grant === 'refresh_token') throw new TokenRefusal('grant-type-not-configured');
  if (grant !== GRANT) throw new TokenRefusal('grant-type-invalid');
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) throw new TokenRefusal('assertion-type');
  const assertion = form.get('client_assertion') ?? '';
  if (assertion === '') throw new TokenRefusal('assertion-missing');
  if (assertion.length > ASSERTION_MAX) throw new TokenRefusal('assertion-malformed');
  return assertion;
};

/** All that the client may have, or those of it that it asks for. */
const rightsOf = (form: URLSearchParams, { client }: Accepted): readonly Right[] => {
  const asked = wordsOf(form.get('scope') ?? '');
  if (asked.length === 0) return client.scopes;
  const rights = asked.filter(isRight);
  if (rights.length < asked.length || rights.some((right) => !client.scopes.includes(right)))
    throw new TokenRefusal('scope-invalid');
  return rights;
};

/** One transaction: the jti is remembered, and the token is there. */
const issue = async (asked: Asked, form: URLSearchParams, accepted: Accepted): Promise<Reply> => {
  const { host, sandbox, recording } = asked;
  const { client, jti } = accepted;
  const rights = rightsOf(form, accepted);
  const life = lifetimeOf(form);
  const token = newCredential();
  const [of, participant] = [sandbox.row.id, client.participant.name];
  const fresh = await recording.transaction(host.sql, async (tx) => {
    const used = await tx.query(
      `insert into auth_jti (sandbox, participant, jti, expires_real) values ($1, $2, $3, $4)
       on conflict (sandbox, participant, jti) do nothing returning jti`,
      [of, participant, jti.value, jti.expires],
    );
    if (used.length === 0) return false;
    await insertToken(tx, token, { sandbox: of, participant, rights, expires: host.now() + life });
    return true;
  });
  if (!fresh) throw new TokenRefusal('jti-used');
  return tokenReply({
    access_token: token,
    expires_in: expiresIn(life),
    token_type: 'Bearer',
    scope: rights.join(' '),
  });
};

/** `client_credentials` with a signed JWT: an application asks for itself. */
export const answerClientCredentials = async (asked: Asked): Promise<Reply> => {
  const { host, sandbox, exchange } = asked;
  const form = formOf(asked);
  const tokenUrl = tokenUrlOf(host.publicUrl(), sandbox.row.id);
  const described = describe(form.get('client_assertion'), tokenUrl, host.now());
  if (described !== undefined) asked.note(described);
  try {
    const accepted = await judgeAssertion(assertionIn(form), {
      clients: await clientsOf(host.sql, sandbox),
      tokenUrl,
      now: host.now(),
      policy: host,
      claimed: ({ participant }) => asked.from(participant.name, false),
    });
    asked.from(accepted.client.participant.name, true);
    return await issue(asked, form, accepted);
  } catch (error) {
    if (error instanceof TokenRefusal) return refusalReply(error.mistake, exchange);
    throw error;
  }
};
