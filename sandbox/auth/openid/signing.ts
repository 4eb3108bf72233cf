import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Sql } from '../../sql/port.ts';

export interface Signing {
  readonly jwk: JWK;
  /** By which cookies are signed. */
  readonly cookies: string;
}

const ALGORITHM = 'RS256';

const make = async (): Promise<Signing> => {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const kid = randomBytes(9).toString('base64url');
  return {
    jwk: { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: ALGORITHM },
    cookies: randomBytes(32).toString('base64url'),
  };
};

const read = async (sql: Sql, sandbox: string): Promise<Signing | undefined> => {
  const [row] = await sql.query<{ jwk: string; cookies: string }>(
    'select jwk, cookies from auth_signing where sandbox = $1',
    [sandbox],
  );
  return row && { jwk: JSON.parse(row.jwk), cookies: row.cookies };
};

/** What the provider of a sandbox signs with; made when it is first asked, once, though several may ask. */
export const signingOf = async (sql: Sql, sandbox: string): Promise<Signing> => {
  const known = await read(sql, sandbox);
  if (known !== undefined) return known;
  const made = await make();
  await sql.transaction((tx) =>
    tx.query('insert into auth_signing (sandbox, jwk, cookies) values ($1, $2, $3) on conflict (sandbox) do nothing', [
      sandbox,
      JSON.stringify(made.jwk),
      made.cookies,
    ]),
  );
  return (await read(sql, sandbox)) ?? made;
};
