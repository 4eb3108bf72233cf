import { existsSync } from 'node:fs';
import { SqlError } from './error.ts';
import type { Migration, OpenSql, Sql } from './port.ts';

/** Whether there is a driver file for this scheme beside this one (`.ts` in the repository, `.js` in the package). */
export const hasSqlDriver = (scheme: string): boolean =>
  /^[a-z][a-z0-9]*$/.test(scheme) &&
  ['.ts', '.js'].some((extension) => existsSync(new URL(`./${scheme}${extension}`, import.meta.url)));

/** Opens `STORE_URL`: the scheme is the driver's file name. What a driver itself cannot import is reported as that. */
export const openSql = async (url: string, migrations: readonly Migration[]): Promise<Sql> => {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':')));
  if (hasSqlDriver(scheme)) {
    const driver: { open?: OpenSql } = await import(/* @vite-ignore */ `./${scheme}.ts`);
    if (driver.open !== undefined) return driver.open(url, migrations);
  }
  if (scheme === '') throw new SqlError('misuse', 'STORE_URL has no scheme: write sqlite:./data/store.db');
  throw new SqlError('misuse', `There is no store driver "${scheme}:" (STORE_URL), as in sqlite:./data/store.db`);
};
