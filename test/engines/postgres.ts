import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Engine, freePort, isMissing, runProgram } from './engine.ts';

export interface Postgres extends Engine {
  /** A new, empty database; answers with its URL. */
  createDatabase(): Promise<string>;
  /** Runs one statement as the administrator. */
  administer(statement: string): Promise<readonly object[]>;
  /** Ends every process of the server at once, as a crash would; `start` recovers. */
  crash(): Promise<void>;
}

/** Where Debian keeps the programs of each version; the newest that is there. */
const VERSIONS = '/usr/lib/postgresql';
const findPrograms = (): string | undefined =>
  (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));

/** To be used as `describe.skipIf(postgresIsMissing())`. */
export const postgresIsMissing = (): boolean => isMissing('PostgreSQL', findPrograms() !== undefined);

/** The server refuses to run as root; the package that brought it also brought a user. */
const serverUser = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
};

/** What a crash of the machine would cost is of no interest here; what a crash of the server costs is. */
const SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'max_connections=200',
  'shared_buffers=64MB',
  'max_wal_size=256MB',
];

/**
 * A private cluster. It sorts text as people do (ICU, British English), so that a column whose order was left to the
 * database is found out.
 */
export const startPostgres = async (): Promise<Postgres> => {
  const programs = findPrograms();
  if (programs === undefined) throw new Error('PostgreSQL is not installed on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'fingerpost-postgres-'));
  const user = serverUser();
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const run = (program: string, ...args: string[]): Promise<string> =>
    runProgram(join(programs, program), args, { ...user, cwd: folder });
  const data = join(folder, 'data');
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}`;
  let databases = 0;
  let running = false;

  const start = async (): Promise<void> => {
    const settings = [...SETTINGS, `port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
    const options = settings.map((setting) => `-c ${setting}`).join(' ');
    await run('pg_ctl', 'start', '-w', '-D', data, '-l', join(folder, 'log'), '-o', options);
    running = true;
  };
  const halt = async (mode: 'fast' | 'immediate'): Promise<void> => {
    if (!running) return;
    running = false;
    await run('pg_ctl', 'stop', '-w', '-D', data, '-m', mode);
  };
  const administer = async (statement: string): Promise<readonly object[]> => {
    const client = new pg.Client({ connectionString: `${url}/postgres` });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  try {
    const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-GB'];
    await run('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', ...locale);
    await start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    start,
    stop: () => halt('fast'),
    crash: () => halt('immediate'),
    administer,
    async createDatabase() {
      databases += 1;
      await administer(`create database test_${databases}`);
      return `${url}/test_${databases}`;
    },
    async remove() {
      await halt('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
