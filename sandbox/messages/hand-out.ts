import { BrokerError } from '../broker/error.ts';
import type { Broker, BrokerMessage } from '../broker/port.ts';
import { sandboxNow } from '../clock.ts';
import type { Host } from '../http/host.ts';
import type { ExchangeStart } from '../journal.ts';
import type { LoadedSandbox } from '../participants.ts';
import type { Consumer } from '../pattern.ts';
import { type Access, accessFor, noteMissing } from './access-rows.ts';
import { messageExchange } from './exchange.ts';
import { fail, letGo } from './fail.ts';
import { releaseHeld } from './held.ts';
import { redeem } from './redeem.ts';
import { giveBack, sharing } from './relay-rows.ts';
import { type MessageRow, promoteNext, settleAttempt } from './rows.ts';

export interface Outbox {
  readonly host: Host;
  readonly broker: Broker;
  /** Makes anew what the broker lost. */
  tend(): Promise<void>;
}

type Open = Access & { readonly queue: string };
const isOpen = (access: Access | undefined): access is Open =>
  access !== undefined && access.url !== null && access.queue !== null;

/** As whoever consumes it sees it: the pattern's own headers and bytes, and nothing of ours but the id. */
const outgoing = (row: MessageRow): BrokerMessage => ({
  id: row.id,
  headers: { ...JSON.parse(row.headers), ...(row.content_type === null ? {} : { 'content-type': row.content_type }) },
  body: row.body,
});

const exchangeOf = (row: MessageRow, { queue }: Open, now: number, real: number): ExchangeStart => {
  const start = messageExchange(row, { now, real }, 'SEND');
  return { ...start, summary: `SEND ${queue}`, request: { headers: {}, ...start.request, url: `queue:${queue}` } };
};

/** What was delivered twice is sent once, as far as that can be known beforehand. */
const isOurs = async ({ sql }: Host, { serial, id, attempt }: MessageRow): Promise<boolean> =>
  (
    await sql.query(
      `select id from message where serial = $1 and id = $2 and attempt = $3 and state in ('ready', 'sent')`,
      [serial, id, attempt],
    )
  ).length > 0;

const hold = async (host: Host, row: MessageRow, now: number, reason: string): Promise<void> => {
  await letGo(host, row, { state: 'held', now, reason });
  // It may have been made while this was written.
  if (isOpen(await accessFor(host.sql, row.serial, row.receiver)))
    await releaseHeld(host.sql, row.serial, row.receiver);
};

/**
 * Brings a message to the queue that its receiver has on the broker. It is done once the broker has confirmed it: at least
 * once, for a process may end between that and the row; with the same id, by which the receiver can tell.
 */
export const handOut = async (
  { host, broker, tend }: Outbox,
  sent: MessageRow,
  sandbox: LoadedSandbox,
  { retry }: Consumer,
): Promise<void> => {
  const now = sandboxNow(sandbox.row, host.now());
  const access = await accessFor(host.sql, sent.serial, sent.receiver);
  if (!isOpen(access))
    return hold(host, sent, now, `${sent.receiver} has no queue yet${access?.reason ? `: ${access.reason}` : ''}`);
  if (!(await isOurs(host, sent))) return;
  const [row] = await redeem(host.sql, sent);
  const start = exchangeOf(row, access, now, host.now());
  const began = performance.now();
  try {
    await broker.send(access.name, outgoing(row));
  } catch (error) {
    const trouble = error instanceof BrokerError ? error.trouble : 'refused';
    const reason = error instanceof Error ? error.message : String(error);
    if (trouble === 'unavailable' || trouble === 'closed') return sharing(host.sql, (tx) => giveBack(tx, [row]));
    const milliseconds = performance.now() - began;
    if (trouble !== 'unroutable')
      return fail(host, row, { sandbox: sandbox.row, start, retry, reason, milliseconds, now });
    await host.sql.transaction((tx) => noteMissing(tx, access.name, reason));
    await hold(host, row, now, reason);
    return void tend();
  }
  await host.sql.transaction(async (tx) => {
    if (!(await settleAttempt(tx, row, { state: 'done', now }))) return;
    const note = `The broker confirmed it: it is in the queue of ${row.receiver}`;
    await host.journal.begin(tx, start, { milliseconds: performance.now() - began, note });
    await promoteNext(tx, row, now);
  }, row.serial);
};
