import { createHash } from 'node:crypto';
import type { BrokerMessage } from '../broker/port.ts';
import { sandboxNow } from '../clock.ts';
import { exchangeId } from '../exchange-id.ts';
import type { Host } from '../http/host.ts';
import type { ExchangeStart } from '../journal.ts';
import { findParticipant, type LoadedSandbox } from '../participants.ts';
import { realNumbersInBody } from '../real-numbers/in-body.ts';
import { realNumbersInHead } from '../real-numbers/in-request.ts';
import { type Access, accessBy } from './access-rows.ts';
import { enqueueMessage } from './enqueue.ts';
import { routingKeysOf } from './let-in.ts';
import { queueOf } from './post-room.ts';

/** What one party publishes, as far as it is looked at here. */
interface Published {
  readonly access: Access;
  readonly sandbox: LoadedSandbox;
  readonly routingKey: string;
  /** The party's own; the same again is the same message again. */
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Bytes of a body, unless the service lets through more or less over HTTP; and of all headers. */
const BODY_MAX = 5 * 1024 * 1024;
const HEADERS_MAX = 16 * 1024;
const ID = 'message-id';
const NOTHING = new Uint8Array();

/** A row's id that the same party's same id always gives: two parties may number their messages alike. */
const rowIdOf = ({ access, id }: Published): string => {
  const hex = createHash('sha256')
    .update(JSON.stringify([access.participant, id]))
    .digest('hex');
  // RFC 9562 5.8: version 8 is for what a vendor derives in its own way.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const startOf = (host: Host, { access, sandbox, routingKey, id, headers, body }: Published): ExchangeStart => {
  const real = host.now();
  const queue = queueOf(sandbox.row.pattern, routingKey);
  return {
    id: exchangeId(real),
    sandbox: sandbox.row.id,
    serial: sandbox.row.serial,
    kind: 'message',
    at: sandboxNow(sandbox.row, real),
    atReal: real,
    from: access.participant,
    to: host.messages.consumer(queue)?.participant ?? 'unknown',
    claimed: false,
    operation: routingKey,
    summary: `SEND ${queue}`,
    request: { method: 'SEND', url: `queue:${queue}`, headers: { ...headers, [ID]: id }, body },
  };
};

const namesSomebody = ({ headers, body }: Published): boolean =>
  realNumbersInHead('', '', headers).length > 0 ||
  realNumbersInBody(body, { type: headers['content-type'] }).length > 0;

/** Why it is not taken, for whoever reads the journal: a publisher is told nothing by a broker. */
const objection = async (host: Host, one: Published): Promise<{ why: string; concealed: boolean } | undefined> => {
  const { access, sandbox, routingKey, headers, body } = one;
  const no = (why: string, concealed = false) => ({ why, concealed });
  // Before anything else that may be wrong with it: what is refused is shown, too.
  if (!host.allowRealNhsNumbers && namesSomebody(one))
    return no('it has an NHS number that may belong to a real person, so its body is not kept', true);
  const keys = routingKeysOf((await host.pattern(sandbox.row.pattern)).app, access.participant);
  if (!keys.includes(routingKey))
    return no(
      `the routing key names no consumer; ${keys.length === 0 ? 'there is none' : `there are ${keys.join(', ')}`}`,
    );
  if (body.length > (host.bodyLimit ?? BODY_MAX)) return no('the body is too large');
  if (JSON.stringify(headers).length > HEADERS_MAX) return no('the headers are too large');
  return undefined;
};

const openOf = async (
  host: Host,
  load: (id: string) => Promise<LoadedSandbox | undefined>,
  { origin, id, headers, body }: BrokerMessage,
): Promise<Published | undefined> => {
  const access = origin && (await accessBy(host.sql, origin.exchange));
  if (origin === undefined || access === undefined) return undefined;
  const sandbox = await load(access.sandbox);
  if (sandbox?.row.serial !== access.serial || sandbox.row.expires_real <= host.now()) return undefined;
  const seat = findParticipant(sandbox, access.participant);
  if (seat?.mode !== 'external' || seat.queue !== true) return undefined;
  // For clients that can set headers and no properties, such as amqp-publish.
  const own = headers[ID] ?? id;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { access, sandbox, routingKey: origin.routingKey, id: own, headers: { ...headers, [ID]: own }, body: bytes };
};

/**
 * Takes what a party outside published: it is a row before it is anything else (rules 2), with the party as its sender, for
 * the exchange is only that party's. What is refused, and what came before, is only in the journal. Rejects where the store
 * fails; a message of one that was shown out in the meantime is dropped.
 */
export const takeFromOutside = async (
  host: Host,
  load: (id: string) => Promise<LoadedSandbox | undefined>,
  delivered: BrokerMessage,
): Promise<void> => {
  const one = await openOf(host, load, delivered);
  if (one === undefined) return;
  const { access, sandbox, routingKey, headers, body } = one;
  const no = await objection(host, one);
  if (no !== undefined) {
    const shown = no.concealed ? { ...one, headers: {}, body: NOTHING } : one;
    return host.journal.record(startOf(host, shown), { milliseconds: 0, note: `refused: ${no.why}` });
  }
  const id = rowIdOf(one);
  const contentType = headers['content-type'];
  const { dialect } = await (await host.pattern(sandbox.row.pattern)).dialect(sandbox.row.dialect);
  const { row, faults } = sandbox;
  const known = await host.sql.transaction(async (tx) => {
    const before = await tx.query('select id from message where serial = $1 and id = $2', [sandbox.row.serial, id]);
    if (before.length > 0) return true;
    const now = sandboxNow(sandbox.row, host.now());
    const message = { consumer: routingKey, headers, body, ...(contentType === undefined ? {} : { contentType }) };
    const sending = { sandbox: row, dialect, faults, from: access.participant, now, id };
    await enqueueMessage(tx, host, sending, message);
    return false;
  }, sandbox.row.serial);
  if (known) host.journal.record(startOf(host, one), { milliseconds: 0, note: 'repeated: it has its effect once' });
  else host.messages.wake();
};
