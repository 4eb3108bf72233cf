import type { BrokerMessage } from '../broker/port.ts';
import type { MessageRow } from './rows.ts';

/** The header that carries what a message has besides the sender's own headers. */
const ENVELOPE = 'carrier-envelope';

/** A row as it travels. Its order is kept by the rows, so the broker is not told of a key. */
export const wrap = (row: MessageRow): BrokerMessage => {
  const { body, headers, ...rest } = row;
  return { id: row.id, headers: { ...JSON.parse(headers), [ENVELOPE]: JSON.stringify(rest) }, body };
};

/** One that was sent by an earlier version says nothing of its fate. */
type Envelope = Omit<MessageRow, 'body' | 'headers' | 'fate'> & Partial<Pick<MessageRow, 'fate'>>;

const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' && value !== null && 'serial' in value && 'id' in value && 'attempt' in value;

/** The row that was wrapped; undefined where what arrived is none of ours. */
export const unwrap = ({ headers, body }: BrokerMessage): MessageRow | undefined => {
  const { [ENVELOPE]: envelope, ...own } = headers;
  if (envelope === undefined) return undefined;
  try {
    const rest: unknown = JSON.parse(envelope);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return isEnvelope(rest) ? { fate: null, ...rest, headers: JSON.stringify(own), body: bytes } : undefined;
  } catch {
    return undefined;
  }
};
