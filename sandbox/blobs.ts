import { createHash } from 'node:crypto';
import type { Migration, Reader, Tx } from './sql/port.ts';

/** Names bytes that lie in the store (a claim check): with size and hash whoever fetches them knows that they are the same. */
export interface BlobReference {
  /** `sha256:` and the hash in hex: the same bytes have the same reference. */
  readonly reference: string;
  readonly size: number;
  readonly sha256: string;
}

/** The sandbox's own large bodies. The same bytes have the same reference, and are stored once. */
export interface Blobs {
  put(tx: Tx, bytes: Uint8Array): Promise<BlobReference>;
  /** The bytes, piece by piece; throws where there are none. */
  read(reference: string): AsyncIterable<Uint8Array>;
}

/** Bytes of a row: none is large, so that no statement is. */
const CHUNK = 256 * 1024;

export const blobMigrations: readonly Migration[] = [
  {
    id: 'blob-1',
    statements: [
      `create table blob_chunk (
        serial bigint not null, sha256 text not null, position bigint not null, bytes bytea not null,
        primary key (serial, sha256, position))`,
    ],
  },
];

const PREFIX = 'sha256:';

/** Stores bytes for a generation of a sandbox, once however often; in the transaction of what refers to them. */
export const putBlob = async (tx: Tx, serial: number, bytes: Uint8Array): Promise<BlobReference> => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const blob = { reference: `${PREFIX}${sha256}`, size: bytes.length, sha256 };
  const known = await tx.query('select position from blob_chunk where serial = $1 and sha256 = $2 limit 1', [
    serial,
    sha256,
  ]);
  if (known.length > 0) return blob;
  for (let position = 0; position * CHUNK < bytes.length || position === 0; position += 1) {
    const chunk = bytes.subarray(position * CHUNK, (position + 1) * CHUNK);
    await tx.query(
      `insert into blob_chunk (serial, sha256, position, bytes) values ($1, $2, $3, $4)
       on conflict (serial, sha256, position) do nothing`,
      [serial, sha256, position, chunk],
    );
  }
  return blob;
};

/** The bytes, piece by piece; throws where this generation of the sandbox has none of that reference. */
export async function* readBlob(reader: Reader, serial: number, reference: string): AsyncGenerator<Uint8Array> {
  const sha256 = reference.startsWith(PREFIX) ? reference.slice(PREFIX.length) : '';
  for (let position = 0; ; position += 1) {
    const [row] = await reader.query<{ bytes: Uint8Array }>(
      'select bytes from blob_chunk where serial = $1 and sha256 = $2 and position = $3',
      [serial, sha256, position],
    );
    if (row === undefined && position === 0) throw new Error(`There is no blob ${reference}`);
    if (row === undefined) return;
    yield row.bytes;
    if (row.bytes.length < CHUNK) return;
  }
}

/** All of the bytes; for what is known not to be too large. */
export const readWholeBlob = async (reader: Reader, serial: number, reference: string): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBlob(reader, serial, reference)) chunks.push(chunk);
  return Buffer.concat(chunks);
};
