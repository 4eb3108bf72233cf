import { parts } from '../sql/parts.ts';
import type { Reader, SqlValue, Tx } from '../sql/port.ts';

/** A body is written once and found by these; a message changes its state three times, and then all of its row is written. */
export interface BodyRow {
  readonly serial: number;
  readonly id: string;
  readonly body: Uint8Array;
}

/** The bytes of a message where they lie; in a statement about `message`. */
export const BODY = `coalesce(
  (select b.body from message_body b where b.serial = message.serial and b.id = message.id), message.body) as body`;

export const insertBodies = async (tx: Tx, rows: readonly BodyRow[]): Promise<void> => {
  for (const some of parts(rows)) {
    const values = some.map((_, row) => `($${3 * row + 1}, $${3 * row + 2}, $${3 * row + 3})`).join(', ');
    await tx.query(
      `insert into message_body (serial, id, body) values ${values} on conflict do nothing`,
      some.flatMap(({ serial, id, body }): SqlValue[] => [serial, id, body]),
    );
  }
};

/** Undefined where there is none of that generation of a sandbox, and where it was empty. */
export const readBody = async (reader: Reader, serial: number, id: string): Promise<Uint8Array | undefined> => {
  const [row] = await reader.query<{ body: Uint8Array }>(
    `select body from message_body where serial = $1 and id = $2
     union all select body from message where serial = $1 and id = $2 and length(body) > 0 limit 1`,
    [serial, id],
  );
  return row?.body;
};
