import type { ExchangeEnd, ExchangeStart } from './journal.ts';
import type { Capture } from './journal-capture.ts';
import type { Known } from './redact.ts';
import type { SqlValue, Tx } from './sql/port.ts';

const NOTHING = [null, null] as const;

/** A half as it is written: its JSON and its body. */
type Written = ReturnType<Capture['half']> | typeof NOTHING;

const sizeOf = ([json, body]: Written): number => (json?.length ?? 0) + (body?.length ?? 0);

/** What a request half that was begun had of credentials, so that it is not read for them again when the reply comes. */
const begun = new WeakMap<ExchangeStart, { readonly known: Known; readonly bytes: number }>();

/** One row, of the columns that have a value. */
export interface ExchangeRow {
  /** Which they are: a bit for each of OPTIONAL. */
  readonly shape: number;
  readonly values: readonly SqlValue[];
  /** Of both halves. */
  readonly bytes: number;
}

const REQUIRED = 'serial, seq, cursor, id, kind, at, at_real, sender, receiver, claimed'.split(', ');
const OPTIONAL = 'operation, summary, fault, note, milliseconds, request, request_body, reply, reply_body'.split(', ');

/** The request half, and with `end` the whole. */
export const exchangeRow = (capture: Capture, number: number, start: ExchangeStart, end?: ExchangeEnd): ExchangeRow => {
  const known: Known = new Set();
  const request = start.request === undefined ? NOTHING : capture.half(start.request, known);
  const reply = end?.reply === undefined ? NOTHING : capture.half(end.reply, known);
  const { serial, id, kind, at, atReal, from, to, claimed } = start;
  const values: SqlValue[] = [serial, number, number, id, kind, at, atReal, from, to, claimed ? 1 : 0];
  const optional = [
    end?.operation ?? start.operation ?? null,
    capture.text(end?.summary ?? start.summary, known),
    end?.fault ?? null,
    capture.text(end?.note, known),
    end?.milliseconds ?? null,
    request[0],
    request[1],
    reply[0],
    reply[1],
  ];
  let shape = 0;
  for (let index = 0; index < optional.length; index += 1) {
    const value = optional[index] ?? null;
    if (value === null) continue;
    shape |= 1 << index;
    values.push(value);
  }
  const bytes = sizeOf(request) + sizeOf(reply);
  if (end === undefined) begun.set(start, { known, bytes });
  return { shape, values, bytes };
};

/** Rows of one statement: the fewer statements, the less each row costs; of few sizes, so that they stay prepared. */
const SIZES = [16, 4, 1];
const statements = new Map<string, string>();

/** Each parameter once and in order, no null, no target of the conflict: so the embedded store runs it at its fastest. */
const insertStatement = (shape: number, rows: number): string => {
  const key = `${shape} ${rows}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const columns = [...REQUIRED, ...OPTIONAL.filter((_, index) => (shape & (1 << index)) !== 0)];
  let parameter = 0;
  const row = () => `(${columns.map(() => `$${++parameter}`).join(', ')})`;
  const values = Array.from({ length: rows }, row).join(', ');
  const sql = `insert into exchange (${columns.join(', ')}) values ${values} on conflict do nothing`;
  statements.set(key, sql);
  return sql;
};

/** Writes a row, unless its exchange is there already. */
export const insertExchange = (tx: Tx, { shape, values }: ExchangeRow): Promise<unknown> =>
  tx.query(insertStatement(shape, 1), values);

/** Writes rows, many with one statement. One whose exchange is there already is left out. */
export const insertExchanges = async (tx: Tx, rows: readonly ExchangeRow[]): Promise<void> => {
  for (const [shape, alike] of Map.groupBy(rows, (row) => row.shape)) {
    let at = 0;
    for (const size of SIZES) {
      for (; alike.length - at >= size; at += size) {
        const values = alike.slice(at, at + size).flatMap((row) => row.values);
        await tx.query(insertStatement(shape, size), values);
      }
    }
  }
};

/**
 * Completes what was begun, if it was; returns the bytes of the whole. Whether it was is `missing`'s question: `returning`
 * would nearly double the cost of each.
 */
export const completeExchange = async (
  tx: Tx,
  capture: Capture,
  cursor: number,
  start: ExchangeStart,
  end: ExchangeEnd,
): Promise<number> => {
  // What the request carried is looked for in the reply too: servers echo headers.
  const before = begun.get(start);
  const known: Known = before?.known ?? new Set();
  if (start.request !== undefined && before === undefined) capture.learn(start.request, known);
  const reply = end.reply === undefined ? NOTHING : capture.half(end.reply, known);
  await tx.query(
    `update exchange set cursor = $1, reply = $2, reply_body = $3, fault = $4, note = $5, milliseconds = $6,
       operation = coalesce($7, operation), summary = coalesce($8, summary)
     where serial = $9 and id = $10`,
    [
      cursor,
      reply[0],
      reply[1],
      end.fault ?? null,
      capture.text(end.note, known),
      end.milliseconds,
      end.operation ?? null,
      capture.text(end.summary, known),
      start.serial,
      start.id,
    ],
  );
  if (end.request !== undefined) {
    const [request, requestBody] = capture.half(end.request, known);
    await tx.query('update exchange set request = $1, request_body = $2 where serial = $3 and id = $4', [
      request,
      requestBody,
      start.serial,
      start.id,
    ]);
  }
  return sizeOf(reply) + (before?.bytes ?? start.request?.body?.length ?? 0);
};

/** Of exchanges that were completed under these cursors, those that had never been begun: their transaction was rolled back. */
export const missing = async (
  tx: Tx,
  serial: number,
  completed: readonly { readonly cursor: number; readonly id: string }[],
): Promise<ReadonlySet<string>> => {
  const cursors = completed.map(({ cursor }) => cursor);
  const [least, most] = [cursors[0] ?? 0, cursors.at(-1) ?? 0];
  const range = 'from exchange where serial = $1 and cursor >= $2 and cursor <= $3';
  const [there] = await tx.query<{ n: number }>(`select count(*) as n ${range}`, [serial, least, most]);
  if (there?.n === completed.length) return new Set();
  const found = new Set(
    (await tx.query<{ id: string }>(`select id ${range}`, [serial, least, most])).map(({ id }) => id),
  );
  return new Set(completed.flatMap(({ id }) => (found.has(id) ? [] : [id])));
};
