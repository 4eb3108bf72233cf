import { isUtf8 } from 'node:buffer';
import { deadLetters, discard, redrive } from '../../sandbox/messages/dead-letters.ts';
import { queueOf } from '../../sandbox/messages/post-room.ts';
import { type PeekedRow, peek, queueDepths, type ShownState } from '../../sandbox/messages/queue-depth.ts';
import type { LoadedSandbox } from '../../sandbox/participants.ts';
import type { Consumer } from '../../sandbox/pattern.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { redactBody, redactHeaders } from '../../sandbox/redact.ts';
import { type Actor, controlled } from './control.ts';
import type { Surroundings } from './surroundings.ts';
import { openSandbox } from './view.ts';

const iso = (time: number): string => new Date(time).toISOString();

const consumersOf = async (
  { host }: Surroundings,
  sandbox: LoadedSandbox,
): Promise<Readonly<Record<string, Consumer>>> => (await host.pattern(sandbox.row.pattern)).app.consumers ?? {};

/** The queues of a sandbox, in the order of the pattern's consumers; Queue of openapi/service.yaml. */
export const listQueues = async (around: Surroundings, id: string) => {
  const sandbox = await openSandbox(around.host, id);
  const consumers = await consumersOf(around, sandbox);
  const { serial, pattern } = sandbox.row;
  const depths = await queueDepths(around.host.sql, serial, pattern, Object.keys(consumers));
  return Object.entries(consumers).map(([consumer, { participant }]) => {
    const { depth, more, nextDue, oldest } = depths.get(consumer) ?? { depth: {}, more: false };
    return {
      name: queueOf(pattern, consumer),
      consumer,
      participant,
      depth,
      ...(more ? { more } : {}),
      ...(nextDue === undefined ? {} : { nextDue: iso(nextDue) }),
      ...(oldest === undefined ? {} : { oldest: iso(oldest) }),
    };
  });
};

/** A queue of a sandbox by its name; throws NOT_FOUND with those that there are. */
const openQueue = async (around: Surroundings, id: string, name: string) => {
  const sandbox = await openSandbox(around.host, id);
  const { pattern, serial } = sandbox.row;
  const names = Object.keys(await consumersOf(around, sandbox)).map((consumer) => queueOf(pattern, consumer));
  if (names.includes(name)) return { sandbox, queue: { serial, queue: name } };
  const there = names.length === 0 ? 'this pattern has none' : `there are ${names.join(', ')}`;
  throw problem(NOT_FOUND, `There is no queue ${name}; ${there}`);
};

const messageView = (row: PeekedRow, state: ShownState) => {
  const known = new Set<string>();
  const secrets = new Set<string>();
  const headers = redactHeaders(JSON.parse(row.headers), known, secrets);
  const body = redactBody(Buffer.from(row.body), row.content_type ?? '', known, secrets);
  const text = isUtf8(body);
  return {
    id: row.id,
    cursor: String(row.seq),
    state,
    from: row.sender,
    to: row.receiver,
    headers,
    body: body.toString(text ? 'utf8' : 'base64'),
    encoding: text ? 'utf8' : 'base64',
    attempt: row.attempt - row.spent,
    sentAt: iso(row.at),
    ...(row.ordering === null ? {} : { key: row.ordering }),
    ...(row.content_type === null ? {} : { contentType: row.content_type }),
    ...(row.claim === null ? {} : { claim: JSON.parse(row.claim) }),
    ...(row.due === null || state !== 'waiting' ? {} : { due: iso(row.due) }),
    ...(row.expires === null ? {} : { expires: iso(row.expires) }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
};

/** A page of what is in a queue in one state; MessageList of openapi/service.yaml. */
export const peekQueue = async (
  around: Surroundings,
  id: string,
  name: string,
  { state, after, limit }: { readonly state: ShownState; readonly after: number; readonly limit: number },
) => {
  const { queue } = await openQueue(around, id, name);
  const rows = await peek(around.host.sql, { ...queue, state }, after, limit);
  const last = rows.length < limit ? undefined : rows.at(-1);
  return {
    items: rows.map((row) => messageView(row, state)),
    ...(last === undefined ? {} : { next: String(last.seq) }),
  };
};

/** Dead letters that go back in one transaction. */
const PAGE = 200;

/** Puts one dead letter, or all, back into the queue; returns how many that were. */
export const replayDeadLetters = async (
  around: Surroundings,
  actor: Actor,
  id: string,
  name: string,
  { letter, dropHeaders = [] }: { readonly letter?: string; readonly dropHeaders?: readonly string[] },
): Promise<number> => {
  const { host } = around;
  const { sandbox, queue } = await openQueue(around, id, name);
  const dropped = new Set(dropHeaders.map((header) => header.toLowerCase()));
  const summary = letter === undefined ? `Dead letters of ${name} replayed` : `A dead letter of ${name} replayed`;
  const input = { ...(letter === undefined ? {} : { message: letter }), dropHeaders };
  const operation = letter === undefined ? 'replayDeadLetters' : 'replayDeadLetter';
  const action = { operation, to: 'fingerpost', summary, input };
  const replayed = await controlled(host, sandbox, actor, action, async (tx) => {
    const which = letter === undefined ? { after: 0, limit: PAGE } : { id: letter };
    const found = await deadLetters(tx, queue, which);
    if (found.length === 0 && letter !== undefined) throw problem(NOT_FOUND, `${letter} is no dead letter of ${name}`);
    await redrive(tx, queue, found, dropped);
    return found;
  });
  host.messages.wake();
  let total = replayed.length;
  // Those that are dead again meanwhile have an earlier number, so that this comes to an end.
  for (let page = replayed; letter === undefined && page.length === PAGE; total += page.length) {
    const after = page.at(-1)?.seq ?? 0;
    page = await host.sql.transaction(async (tx) => {
      const found = await deadLetters(tx, queue, { after, limit: PAGE });
      await redrive(tx, queue, found, dropped);
      return found;
    }, queue.serial);
    host.messages.wake();
  }
  return total;
};

/** Deletes one dead letter. */
export const discardDeadLetter = async (
  around: Surroundings,
  actor: Actor,
  id: string,
  name: string,
  letter: string,
): Promise<void> => {
  const { sandbox, queue } = await openQueue(around, id, name);
  const action = {
    operation: 'discardDeadLetter',
    to: 'fingerpost',
    summary: `A dead letter of ${name} discarded`,
    input: { message: letter },
  };
  await controlled(around.host, sandbox, actor, action, async (tx) => {
    if (!(await discard(tx, queue, letter))) throw problem(NOT_FOUND, `${letter} is no dead letter of ${name}`);
  });
};
