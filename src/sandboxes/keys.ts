import { BAD_REQUEST, CONFLICT, problem } from '../../sandbox/problem.ts';
import type { Reader, Sql, Tx } from '../../sandbox/sql/port.ts';
import { hashKey, matchesHash, newKey, newRowId } from './identifiers.ts';

export type Scope = 'control' | 'read' | 'participant';

/** A key without its secret. `participant` only where the scope is one participant. */
export interface AccessKey {
  readonly id: string;
  readonly label: string;
  readonly scope: Scope;
  readonly participant?: string;
  readonly createdReal: number;
}

interface KeyRow {
  id: string;
  hash: string;
  label: string;
  scope: Scope;
  participant: string | null;
  created_real: number;
}

/** Listed in one page, so bounded. */
const KEYS_MAX = 100;

const keyOf = (row: KeyRow): AccessKey => ({
  id: row.id,
  label: row.label,
  scope: row.scope,
  createdReal: row.created_real,
  ...(row.participant === null ? {} : { participant: row.participant }),
});

/** The key that was presented, where it is one of this sandbox and the sandbox has not expired; else undefined. */
export const findKey = async (
  reader: Reader,
  sandbox: string,
  presented: string,
  now: number,
): Promise<AccessKey | undefined> => {
  const rows = await reader.query<KeyRow>(
    `select k.id, k.hash, k.label, k.scope, k.participant, k.created_real
       from access_key k join sandbox s on s.id = k.sandbox
      where k.hash = $1 and k.sandbox = $2 and s.expires_real > $3`,
    [hashKey(presented), sandbox, now],
  );
  const [row] = rows;
  return row !== undefined && matchesHash(presented, row.hash) ? keyOf(row) : undefined;
};

export interface NewKey {
  readonly label: string;
  readonly scope: Scope;
  readonly participant?: string;
}

/** Inserts a key whose secret the caller made with `newKey`; returns it without the secret. */
export const insertKey = async (
  tx: Tx,
  sandbox: string,
  key: NewKey & { readonly secret: string; readonly id: string },
  now: number,
): Promise<AccessKey> => {
  await tx.query(
    `insert into access_key (id, sandbox, hash, label, scope, participant, created_real)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [key.id, sandbox, hashKey(key.secret), key.label, key.scope, key.participant ?? null, now],
  );
  const { id, label, scope, participant } = key;
  return { id, label, scope, createdReal: now, ...(participant === undefined ? {} : { participant }) };
};

const checkScope = async (reader: Reader, sandbox: string, key: NewKey): Promise<void> => {
  if (key.scope !== 'participant') {
    if (key.participant !== undefined)
      throw problem(BAD_REQUEST, `A key of scope ${key.scope} is for no one participant`, { at: '/participant' });
    return;
  }
  if (key.participant === undefined)
    throw problem(BAD_REQUEST, 'A key of scope participant names the participant', { at: '/participant' });
  const found = await reader.query('select name from participant where sandbox = $1 and name = $2', [
    sandbox,
    key.participant,
  ]);
  if (found.length === 0)
    throw problem(BAD_REQUEST, `The sandbox has no participant ${key.participant}`, { at: '/participant' });
};

/** A further key; its secret is returned here and never again. */
export const createKey = async (
  sql: Sql,
  sandbox: string,
  key: NewKey,
  now: number,
): Promise<{ key: AccessKey; secret: string }> => {
  await checkScope(sql, sandbox, key);
  const secret = newKey();
  const id = newRowId();
  return sql.transaction(async (tx) => {
    const held = await tx.query('select id from access_key where sandbox = $1 limit $2', [sandbox, KEYS_MAX]);
    if (held.length >= KEYS_MAX) throw problem(CONFLICT, `A sandbox has at most ${KEYS_MAX} keys`);
    return { key: await insertKey(tx, sandbox, { ...key, secret, id }, now), secret };
  });
};

export const listKeys = async (reader: Reader, sandbox: string): Promise<readonly AccessKey[]> => {
  const rows = await reader.query<KeyRow>(
    `select id, hash, label, scope, participant, created_real from access_key
      where sandbox = $1 order by created_real, id limit $2`,
    [sandbox, KEYS_MAX],
  );
  return rows.map(keyOf);
};
