import type { SqlValue, Tx } from '../sql/port.ts';
import { insertBodies } from './message-body.ts';
import type { MessageRow, MessageState } from './rows.ts';

export type NewMessageRow = MessageRow & { readonly state: MessageState; readonly due: number | null };

const REQUIRED =
  'serial, id, seq, sandbox, queue, sender, receiver, headers, body, attempt, spent, at, changed, state'.split(', ');
const OPTIONAL = ['ordering', 'content_type', 'claim', 'expires', 'due', 'fate'] as const;

/** Rows of one statement; of few sizes, so that they stay prepared. */
const SIZES = [16, 4, 1];

/** Which of OPTIONAL a row has: a bit for each. */
const shapeOf = (row: NewMessageRow): number =>
  OPTIONAL.reduce((shape, column, index) => (row[column] === null ? shape : shape | (1 << index)), 0);

const valuesOf = (row: NewMessageRow, optional: readonly (typeof OPTIONAL)[number][]): SqlValue[] => [
  row.serial,
  row.id,
  row.seq,
  row.sandbox,
  row.queue,
  row.sender,
  row.receiver,
  row.headers,
  NOTHING,
  row.attempt,
  row.spent,
  row.at,
  row.at,
  row.state,
  ...optional.map((column) => row[column]),
];

const NOTHING = new Uint8Array();
const statements = new Map<string, string>();

/** No null, and no conflict that fails: so the embedded store runs it at its fastest. An id is one that nothing has. */
const insertStatement = (optional: readonly string[], rows: number): string => {
  const key = `${optional.join()} ${rows}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const columns = [...REQUIRED, ...optional];
  let parameter = 0;
  const row = () => `(${columns.map(() => `$${++parameter}`).join(', ')})`;
  const values = Array.from({ length: rows }, row).join(', ');
  const sql = `insert into message (${columns.join(', ')}) values ${values} on conflict do nothing`;
  statements.set(key, sql);
  return sql;
};

/** Puts messages into the store, many with one statement. */
export const insertMessages = async (tx: Tx, rows: readonly NewMessageRow[]): Promise<void> => {
  for (const [shape, alike] of Map.groupBy(rows, shapeOf)) {
    const optional = OPTIONAL.filter((_, index) => (shape & (1 << index)) !== 0);
    let at = 0;
    for (const size of SIZES)
      for (; alike.length - at >= size; at += size) {
        const values = alike.slice(at, at + size).flatMap((row) => valuesOf(row, optional));
        await tx.query(insertStatement(optional, size), values);
      }
  }
  await insertBodies(
    tx,
    rows.filter(({ body }) => body.length > 0),
  );
};
