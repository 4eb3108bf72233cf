import { timingSafeEqual } from 'node:crypto';
import type { Authentication, Presented, Signing } from '../authentication.ts';
import { findMailbox } from '../mailboxes/directory.ts';
import { findParticipant, type ParticipantRow } from '../participants.ts';
import { problem, UNAUTHENTICATED } from '../problem.ts';
import { hashOf, readToken, type TokenParts, timeOf, timestampOf, writeToken } from './mesh-token.ts';
import { mistakeIn } from './mesh-token-mistakes.ts';

const HOUR = 3_600_000;
/** A token is good for so long before and after its time. */
const WINDOW = 2 * HOUR;
/** A nonce is remembered until no token that carries it can be good any more: its time may lie ahead, too. */
const REMEMBERED = 2 * WINDOW;
const PART_MAX = 200;

const refused = (detail: string) => problem(UNAUTHENTICATED, detail, { at: 'Authorization' });

const sameHash = (given: string, expected: string): boolean => {
  const [left, right] = [Buffer.from(given.toLowerCase()), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** The token, as far as it can be judged without knowing whose mailbox it is. */
const partsOf = ({ headers, params, realNow }: Presented): TokenParts & { readonly hash: string } => {
  const { authorization } = headers;
  if (authorization === undefined)
    throw refused('There is no Authorization header; it is NHSMESH mailbox:nonce:count:yyyyMMddHHmm:hash');
  const parts = readToken(authorization);
  if (parts === undefined)
    throw refused(
      'The Authorization header is not NHSMESH mailbox:nonce:count:yyyyMMddHHmm:hash, five parts and a space',
    );
  const { mailbox, nonce, count, timestamp } = parts;
  if (mailbox !== mailbox.toUpperCase()) throw refused('The mailbox in a token is in capitals');
  if (nonce === '' || nonce.length > PART_MAX)
    throw refused(`The nonce is 1 to ${PART_MAX} characters, such as a UUID`);
  if (!/^\d{1,9}$/.test(count))
    throw refused('The nonce count is a number, and says how often the nonce was used before');
  const asked = params.mailbox_id?.toUpperCase() ?? mailbox;
  if (mailbox !== asked)
    throw refused(`The token is for the mailbox ${mailbox.slice(0, 40)}, the path for ${asked.slice(0, 40)}`);
  const time = timeOf(timestamp);
  if (time === undefined) throw refused('The timestamp is not yyyyMMddHHmm');
  if (Math.abs(time - realNow) > WINDOW)
    throw refused(
      `The timestamp ${timestamp} is more than two hours from ${timestampOf(realNow)}. Tokens are on real time, in UTC, wherever the sandbox's clock stands`,
    );
  return parts;
};

/** Remembers that the token was used; false where it was before. */
const useOnce = (
  { sql, store, sandbox, realNow }: Presented,
  { mailbox, nonce, count }: TokenParts,
): Promise<boolean> =>
  sql.transaction(async (tx) => {
    await tx.query('delete from mailbox_token where store = $1 and at < $2', [store, realNow - REMEMBERED]);
    const fresh = await tx.query(
      `insert into mailbox_token (store, mailbox, nonce, count, at) values ($1, $2, $3, $4, $5)
       on conflict (store, mailbox, nonce, count) do nothing returning nonce`,
      [store, mailbox, nonce, count, realNow],
    );
    return fresh.length > 0;
  }, sandbox.row.serial);

const ownerOf = async ({ sql, store, sandbox }: Presented, mailbox: string): Promise<ParticipantRow> => {
  const found = await findMailbox(sql, store, mailbox);
  const owner = found?.participant == null ? undefined : findParticipant(sandbox, found.participant);
  if (owner === undefined) throw refused(`There is no mailbox ${mailbox.slice(0, 40)} here`);
  return owner;
};

const MAILBOX = /^\/messageexchange\/([^/?]+)/;

/** The password at a broker of ours is the participant's own credential; at another's it is what that one gave. */
const passwordOf = ({ sender, receiver }: Signing): string =>
  receiver.mode === 'external' ? (receiver.outboundCredential ?? sender.credential) : sender.credential;

/** MESH: a mailbox's password and the environment's key, hashed with a nonce that is good once. */
export const authentication: Authentication = {
  judge: async (presented) => {
    const parts = partsOf(presented);
    const owner = await ownerOf(presented, parts.mailbox);
    if (!sameHash(parts.hash, hashOf(parts, owner.credential)))
      throw refused(`The hash is not that of this token. ${mistakeIn(parts, owner.credential)}`);
    const caller = { participant: owner.name, claimed: false };
    if (await useOnce(presented, parts)) return { caller };
    const used = 'The token was used before: each request needs another nonce, or the next nonce count';
    return { caller, refusal: refused(used) };
  },
  sign: (signing) => {
    const mailbox = MAILBOX.exec(signing.path)?.[1]?.toUpperCase();
    if (mailbox === undefined) return undefined;
    const { nonce, realNow } = signing;
    return writeToken({ mailbox, nonce, count: '0', timestamp: timestampOf(realNow) }, passwordOf(signing));
  },
};
