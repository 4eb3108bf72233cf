import type { BrokerMessage } from '../broker/port.ts';
import type { MessageRow } from './rows.ts';

/** The header that carries what a message has besides the sender's own headers. */
const ENVELOPE = 'carrier-envelope';

const OPTIONAL = ['ordering', 'content_type', 'claim', 'expires', 'fate'] as const;
const NONE: Pick<MessageRow, (typeof OPTIONAL)[number]> = {
  ordering: null,
  content_type: null,
  claim: null,
  expires: null,
  fate: null,
};

/** A row as it travels. Its order is kept by the rows, so the broker is not told of a key. */
export const wrap = (row: MessageRow): BrokerMessage => {
  const { serial, id, seq, sandbox, queue, sender, receiver, attempt, spent, at, body, headers } = row;
  const rest: Record<string, unknown> = { serial, id, seq, sandbox, queue, sender, receiver, attempt, spent, at };
  // What it does not have is not said: most have none of these.
  for (const name of OPTIONAL) if (row[name] !== null) rest[name] = row[name];
  const envelope = JSON.stringify(rest);
  return {
    id,
    headers: headers === '{}' ? { [ENVELOPE]: envelope } : { ...JSON.parse(headers), [ENVELOPE]: envelope },
    body,
  };
};

type Envelope = Omit<MessageRow, 'body' | 'headers' | keyof typeof NONE> & Partial<typeof NONE>;

const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' && value !== null && 'serial' in value && 'id' in value && 'attempt' in value;

/** The row that was wrapped; undefined where what arrived is none of ours. */
export const unwrap = ({ headers, body }: BrokerMessage): MessageRow | undefined => {
  const { [ENVELOPE]: envelope, ...own } = headers;
  if (envelope === undefined) return undefined;
  try {
    const rest: unknown = JSON.parse(envelope);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return isEnvelope(rest) ? { ...NONE, ...rest, headers: JSON.stringify(own), body: bytes } : undefined;
  } catch {
    return undefined;
  }
};
