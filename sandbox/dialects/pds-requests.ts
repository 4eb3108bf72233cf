import { createHash } from 'node:crypto';
import type { Call, StorePart } from '../pattern.ts';
import type { Reader, Tx } from '../sql/port.ts';

/**
 * X-Request-IDs of updates that were carried out. PDS asks that a request whose outcome is unknown is sent again with the
 * same id; it then gets the answer that it missed instead of a version conflict with itself. The same id with other content
 * is another request.
 */
export interface KnownRequest {
  readonly id: string;
  readonly version: number;
}

export const fingerprintOf = (call: Call): string =>
  createHash('sha256')
    .update(`${call.method} ${call.path}\n${call.headers['if-match'] ?? ''}\n`)
    .update(call.body)
    .digest('hex');

export const recall = async (
  reader: Reader,
  store: number,
  request: string,
  fingerprint: string,
): Promise<KnownRequest | undefined> => {
  const [row] = await reader.query<{ id: string; version: number }>(
    'select id, version from pds_request where store = $1 and request = $2 and fingerprint = $3',
    [store, request, fingerprint],
  );
  return row;
};

export const remember = async (
  tx: Tx,
  store: number,
  request: string,
  fingerprint: string,
  made: KnownRequest,
): Promise<void> => {
  await tx.query(
    `insert into pds_request (store, request, fingerprint, id, version) values ($1, $2, $3, $4, $5)
     on conflict (store, request) do update set fingerprint = $3, id = $4, version = $5`,
    [store, request, fingerprint, made.id, made.version],
  );
};

export const requestStore: StorePart = {
  migrations: [
    {
      id: 'pds-1',
      statements: [
        `create table pds_request (
          store bigint not null, request text not null, fingerprint text not null, id text not null, version bigint not null,
          primary key (store, request)) without rowid`,
      ],
    },
  ],
  copy: async (tx, from, to) => {
    await tx.query(
      `insert into pds_request (store, request, fingerprint, id, version)
       select $2, request, fingerprint, id, version from pds_request where store = $1`,
      [from, to],
    );
  },
  sweep: async (tx, store, limit) => {
    const gone = await tx.query(
      `delete from pds_request where store = $1 and request in
         (select request from pds_request where store = $1 order by request limit $2) returning request`,
      [store, limit],
    );
    return gone.length;
  },
};
