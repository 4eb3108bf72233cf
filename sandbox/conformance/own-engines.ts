import { randomUUID } from 'node:crypto';
import type { Environment } from '../config.ts';
import { openSql } from '../sql/open.ts';

/** What a project is served on while it judges itself, and how that is taken away again. */
export interface OwnEngines {
  readonly storeUrl: string;
  readonly brokerUrl: string;
  remove(): Promise<void>;
}

const IN_MEMORY = 'sqlite::memory:';

/** The same engine, and nothing of what it has: a schema of its own. */
const schemaOf = async (storeUrl: string): Promise<Pick<OwnEngines, 'storeUrl' | 'remove'>> => {
  const schema = `conform_${randomUUID().replaceAll('-', '')}`;
  const change = async (statement: string): Promise<void> => {
    const sql = await openSql(storeUrl, []);
    try {
      await sql.transaction((tx) => tx.query(statement));
    } finally {
      await sql.close();
    }
  };
  await change(`create schema ${schema}`);
  const url = new URL(storeUrl);
  // PostgreSQL has its options decoded: a plus would stay one.
  url.search = `?${[...url.searchParams]
    .filter(([name]) => name !== 'options')
    .concat([['options', `-c search_path=${schema}`]])
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`;
  return { storeUrl: url.href, remove: () => change(`drop schema ${schema} cascade`) };
};

/** Queues of its own. They are made once, and are the next run's, too. */
const withOwnQueues = (brokerUrl: string, pattern: string): string => {
  if (brokerUrl === 'local:') return brokerUrl;
  const url = new URL(brokerUrl);
  url.searchParams.set('prefix', `conform-${pattern}`);
  return url.href;
};

/**
 * The engines that the environment names (STORE_URL, BROKER_URL), apart from what the project keeps there; in memory where it
 * names none. A file of SQLite is memory, too.
 */
export const openOwnEngines = async (env: Environment, pattern: string): Promise<OwnEngines> => {
  const { STORE_URL: storeUrl = IN_MEMORY, BROKER_URL: brokerUrl = 'local:' } = env;
  const store = storeUrl.startsWith('sqlite:')
    ? { storeUrl: IN_MEMORY, remove: async () => undefined }
    : await schemaOf(storeUrl);
  return { ...store, brokerUrl: withOwnQueues(brokerUrl, pattern) };
};
