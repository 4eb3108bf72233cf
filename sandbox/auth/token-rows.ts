import { createHash } from 'node:crypto';
import type { Reader, Sql, Tx } from '../sql/port.ts';

export type Right = 'read' | 'write';
export const RIGHTS: readonly Right[] = ['read', 'write'];

/** An access token, without itself. */
export interface AccessToken {
  readonly sandbox: string;
  /** Whose client it was issued to: whom calls with it are recorded as. */
  readonly participant: string;
  /** The synthetic user that signed in; absent where an application asks for itself. */
  readonly subject?: string;
  readonly rights: readonly Right[];
  readonly expires: number;
}

/** Seconds that a token is good for: the platform's ten minutes. */
export const TOKEN_LIFE = 600;
/** For so long after its end a token is told apart from one that nobody issued. */
const REMEMBERED = 3_600_000;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Splits a list as it is stored, in which an empty text is none. */
export const wordsOf = (text: string): string[] => text.split(' ').filter((word) => word !== '');

export const insertToken = async (tx: Tx, token: string, of: AccessToken): Promise<void> => {
  await tx.query(
    `insert into auth_token (hash, sandbox, participant, subject, rights, expires_real) values ($1, $2, $3, $4, $5, $6)
     on conflict (hash) do nothing`,
    [hashOf(token), of.sandbox, of.participant, of.subject ?? null, of.rights.join(' '), of.expires],
  );
};

/** It was revoked: from now on it is one that nobody issued. */
export const forgetToken = (tx: Tx, token: string): Promise<unknown> =>
  tx.query('delete from auth_token where hash = $1', [hashOf(token)]);

interface Row {
  readonly participant: string;
  readonly subject: string | null;
  readonly rights: string;
  readonly expires_real: number;
}

export const isRight = (word: string): word is Right => word === 'read' || word === 'write';

/** The token, where it was issued in this sandbox, whether its time is up or not. */
export const findToken = async (reader: Reader, sandbox: string, token: string): Promise<AccessToken | undefined> => {
  const [row] = await reader.query<Row>(
    'select participant, subject, rights, expires_real from auth_token where hash = $1 and sandbox = $2',
    [hashOf(token), sandbox],
  );
  if (row === undefined) return undefined;
  return {
    sandbox,
    participant: row.participant,
    rights: wordsOf(row.rights).filter(isRight),
    expires: row.expires_real,
    ...(row.subject === null ? {} : { subject: row.subject }),
  };
};

/** What is swept, by the time up to which it is wanted. */
const SWEPT = [
  ['auth_token', 'hash', REMEMBERED],
  ['auth_jti', 'sandbox, participant, jti', 0],
  ['auth_entity', 'sandbox, model, id', 0],
] as const;

/** Deletes at most a page of what has expired in each table. Returns whether there may be more. */
export const sweepTokens = async (sql: Sql, now: number, page: number): Promise<boolean> => {
  let more = false;
  for (const [table, key, kept] of SWEPT) {
    const select = `select ${key} from ${table} where expires_real < $1 order by expires_real limit $2`;
    // Mostly there is nothing, and to see that needs no writer.
    if ((await sql.query(select, [now - kept, 1])).length === 0) continue;
    const gone = await sql.transaction((tx) =>
      tx.query(`delete from ${table} where (${key}) in (${select}) returning expires_real`, [now - kept, page]),
    );
    more ||= gone.length === page;
  }
  return more;
};

/** What is registered in a sandbox, in the transaction that forgets it. What expires by itself is swept. */
export const forgetClients = async (tx: Tx, sandbox: string): Promise<void> => {
  await tx.query('delete from auth_client where sandbox = $1', [sandbox]);
  await tx.query('delete from auth_signing where sandbox = $1', [sandbox]);
};
