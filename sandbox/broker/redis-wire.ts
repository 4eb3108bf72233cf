import { BrokerError } from './error.ts';
import type { BrokerMessage } from './port.ts';

/** What a job holds: BullMQ keeps it as JSON, so bytes are in base64. */
export interface JobData {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly text?: string;
  readonly bytes?: string;
}

export const encode = ({ id, headers, body, key }: BrokerMessage): JobData => ({
  id,
  headers,
  ...(key === undefined ? {} : { key }),
  ...(typeof body === 'string'
    ? { text: body }
    : { bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') }),
});

export const decode = ({ id, headers, key, text, bytes }: JobData): BrokerMessage => ({
  id,
  headers,
  body: text ?? new Uint8Array(Buffer.from(bytes ?? '', 'base64')),
  ...(key === undefined ? {} : { key }),
});

/** Replies of a server that is there and cannot write at the moment: it is full, starting, or not the leader. */
const PASSING = /^(?:OOM|MISCONF|READONLY|LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|NOREPLICAS)\b/;

export const troubleOf = (error: unknown): BrokerError => {
  if (error instanceof BrokerError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const refused = error instanceof Error && error.name === 'ReplyError' && !PASSING.test(why);
  return new BrokerError(refused ? 'refused' : 'unavailable', `Redis: ${why}`, { cause: error });
};
