import { exchangeId } from '../exchange-id.ts';
import type { ExchangeStart } from '../journal.ts';
import type { MessageRow } from './rows.ts';

/** The sandbox's time and the real one, in milliseconds. */
export interface Moment {
  readonly now: number;
  readonly real: number;
}

/**
 * What the journal shows of a message: once where it is put into the queue, and once for each attempt to handle it. It finds
 * the body with the message, unless a fault has changed it on the way.
 */
export const messageExchange = (
  row: Omit<MessageRow, 'seq'>,
  { now, real }: Moment,
  method: 'SEND' | 'RECEIVE',
  changed = false,
): ExchangeStart => {
  const lies = row.claim === null && !changed ? { source: { serial: row.serial, message: row.id } } : {};
  const own: Record<string, string> = row.headers === '{}' ? {} : JSON.parse(row.headers);
  const headers: Record<string, string> = { ...own, 'message-id': row.id };
  if (row.content_type !== null) headers['content-type'] = row.content_type;
  if (row.claim !== null) headers['claim-check'] = String(JSON.parse(row.claim).reference);
  if (row.ordering !== null) headers['message-key'] = row.ordering;
  const attempt = row.attempt - row.spent;
  if (attempt > 1) headers['message-attempt'] = String(attempt);
  return {
    id: exchangeId(real),
    sandbox: row.sandbox,
    serial: row.serial,
    kind: 'message',
    at: now,
    atReal: real,
    from: row.sender,
    to: row.receiver,
    claimed: false,
    operation: row.queue.slice(row.queue.indexOf('.') + 1),
    summary: attempt > 1 ? `${method} ${row.queue}, attempt ${attempt}` : `${method} ${row.queue}`,
    request: { method, url: `queue:${row.queue}`, headers, body: row.body, ...lies },
  };
};
