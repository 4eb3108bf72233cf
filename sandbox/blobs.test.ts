import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putBlob, readBlob, readWholeBlob } from './blobs.ts';
import { openWithSandbox } from './sandbox-row.test-data.ts';
import type { Sql } from './sql/port.ts';
import { testStore } from './sql/store.test-data.ts';

let sql: Sql;
beforeAll(async () => {
  sql = await openWithSandbox(await testStore(), 'box', 7, 0);
});
afterAll(() => sql.close());

const put = (bytes: Uint8Array, serial = 7) => sql.transaction((tx) => putBlob(tx, serial, bytes));
const some = (length: number) => Uint8Array.from({ length }, (_, n) => (n * 7919) % 251);

describe('bytes in the store', () => {
  it.each([0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 1_000_000])('come back as they were: %i', async (size) => {
    const bytes = some(size);
    const blob = await put(bytes);
    expect(blob).toMatchObject({ size, reference: `sha256:${blob.sha256}` });
    expect(Buffer.compare(await readWholeBlob(sql, 7, blob.reference), bytes)).toBe(0);
  });

  it('come in pieces of which none is large', async () => {
    const { reference } = await put(some(1_000_000));
    const sizes: number[] = [];
    for await (const chunk of readBlob(sql, 7, reference)) sizes.push(chunk.length);
    expect(sizes).toEqual([262_144, 262_144, 262_144, 213_568]);
  });

  it('are stored once however often they are put', async () => {
    const bytes = some(300_000);
    expect(await put(bytes)).toEqual(await put(bytes));
    const { sha256 } = await put(bytes);
    expect(await sql.query('select position from blob_chunk where sha256 = $1', [sha256])).toHaveLength(2);
  });

  it('belong to one generation of one sandbox', async () => {
    const { reference } = await put(some(10));
    await expect(readWholeBlob(sql, 8, reference)).rejects.toThrow('There is no blob');
    await expect(readWholeBlob(sql, 7, 'sha256:00')).rejects.toThrow('There is no blob');
  });
});
