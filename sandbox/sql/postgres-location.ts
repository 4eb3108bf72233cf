import type { ClientConfig } from 'pg';
import { SqlError } from './error.ts';

export interface Location {
  readonly client: ClientConfig;
  /** For messages: without user and password. */
  readonly name: string;
  /** Connections that write, and as many that read. */
  readonly pool: number;
  /** For how many milliseconds a server that cannot be reached is waited for. */
  readonly wait: number;
}

const EXAMPLE = 'postgres://user:password@host:5432/database';
const POOL = 8;
const WAIT_MS = 5000;

/**
 * `postgres://user:password@host:5432/database`, with `?pool=` (connections that write, and as many that read) and `wait=`
 * (milliseconds). Other options are the client's: `sslmode`, `host` (a folder with the server's socket), …
 */
export const locate = (url: string): Location => {
  if (!URL.canParse(url)) throw new SqlError('misuse', `STORE_URL is not a URL such as ${EXAMPLE}`);
  const at = new URL(url);
  const number = (name: string, fallback: number, least: number): number => {
    const text = at.searchParams.get(name);
    at.searchParams.delete(name);
    const value = Number(text ?? fallback);
    if (text?.trim() === '' || !Number.isInteger(value) || value < least)
      throw new SqlError('misuse', `STORE_URL: ${name} is a whole number, ${least} or more`);
    return value;
  };
  const pool = number('pool', POOL, 1);
  const wait = number('wait', WAIT_MS, 0);
  if (at.pathname.length < 2) throw new SqlError('misuse', `STORE_URL names no database: write ${EXAMPLE}`);
  const host = at.searchParams.get('host') ?? at.host;
  return {
    client: { connectionString: at.href, fallback_application_name: 'integration-sandbox' },
    name: `${host === '' ? 'localhost' : host}${at.pathname}`,
    pool,
    wait,
  };
};
