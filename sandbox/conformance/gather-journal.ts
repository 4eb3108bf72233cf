import type { ExchangeView, HalfView, Journal, SandboxKey } from '../journal.ts';
import { CLIENT_GONE, CLIENT_LEFT } from '../journal-notes.ts';
import { BAD_REQUEST, problem } from '../problem.ts';
import type { JournalEvidence, SeenExchange, SeenHalf } from './journal-evidence.ts';

/** Which part of a journal: after one cursor, up to and with another. */
export interface JournalRange {
  readonly after?: number;
  readonly until?: number;
  /** What the sandbox's clock shows, where the part is not over. */
  readonly now?: number;
}

export interface Gathered {
  readonly evidence: JournalEvidence;
  /** How often the journal says that something was not recorded; what was not seen there may have happened. */
  readonly gaps: number;
}

/** Beyond that the range has to be narrowed: judging holds all of it in memory. */
const EXCHANGES_MAX = 5_000;
const BYTES_MAX = 64 * 1024 * 1024;
const PAGE = 500;

const halfOf = ({ headers = {}, body = '', truncated = false, sha256 }: HalfView): SeenHalf => ({
  headers,
  body,
  cut: truncated,
  ...(sha256 === undefined ? {} : { sha256 }),
});

const noReplyOf = ({ milliseconds, note, reply }: ExchangeView): SeenExchange['noReply'] => {
  if (note?.endsWith(CLIENT_GONE) === true || note?.endsWith(CLIENT_LEFT) === true) return 'gone';
  if (reply !== undefined) return undefined;
  return milliseconds === undefined && note === undefined ? 'pending' : 'dropped';
};

/** What whoever asked was given, or why it was given nothing. Neither a message nor a timer has a reply. */
const outcomeOf = (exchange: ExchangeView): Pick<SeenExchange, 'reply' | 'noReply'> => {
  if (exchange.kind === 'message' || exchange.kind === 'timer') return {};
  const { reply } = exchange;
  const noReply = noReplyOf(exchange);
  return noReply !== undefined || reply === undefined
    ? { noReply: noReply ?? 'dropped' }
    : { reply: { status: reply.status ?? 0, ...halfOf(reply) } };
};

/** Where an exchange has no method of its own; over MLLP it is the type of the message. */
const METHODS: Readonly<Partial<Record<SeenExchange['kind'], string>>> = { http: '', message: '', timer: 'TIMER' };

const seen = (exchange: ExchangeView, kind: SeenExchange['kind']): SeenExchange => {
  const { id, from, to, operation, fault, note, request = {}, milliseconds = 0 } = exchange;
  const began = Date.parse(exchange.realAt);
  return {
    id,
    kind,
    from,
    to,
    ...(operation === undefined ? {} : { operation }),
    ...(fault === undefined ? {} : { fault }),
    ...(note === undefined ? {} : { note }),
    at: Date.parse(exchange.at),
    began,
    // Beginnings are whole milliseconds, cut off: with the fraction of how long it took, what was sent at once after it would
    // seem to have begun before it ended, and to be no second attempt.
    ended: began + Math.floor(milliseconds),
    request: {
      method: request.method ?? METHODS[kind] ?? operation ?? '',
      url: request.url ?? (kind === 'timer' ? (operation ?? '') : '/'),
      ...halfOf(request),
    },
    ...outcomeOf(exchange),
  };
};

/** Ids sort in the order in which exchanges began; the journal's cursors do not. */
const inOrder = (a: SeenExchange, b: SeenExchange): number => a.began - b.began || (a.id < b.id ? -1 : 1);

/** Reads what the journal has from and to a participant. Throws BAD_REQUEST where that is too much to judge at once. */
export const gatherJournal = async (
  journal: Pick<Journal, 'page' | 'flush'>,
  sandbox: SandboxKey,
  { participant, dialect }: Pick<JournalEvidence, 'participant' | 'dialect'>,
  { after = 0, until, now }: JournalRange = {},
): Promise<Gathered> => {
  await journal.flush();
  const exchanges: SeenExchange[] = [];
  const last = until ?? Number.MAX_SAFE_INTEGER;
  let [cursor, gaps, bytes, latest] = [after, 0, 0, 0];
  for (;;) {
    const { items, next } = await journal.page(sandbox, cursor, PAGE);
    const within = items.filter((item) => Number(item.cursor) <= last);
    gaps += within.filter(({ kind }) => kind === 'gap').length;
    for (const item of within) {
      const { kind } = item;
      latest = Math.max(latest, Date.parse(item.at));
      if (
        (kind !== 'http' && kind !== 'message' && kind !== 'mllp' && kind !== 'timer') ||
        (item.from !== participant && item.to !== participant)
      )
        continue;
      exchanges.push(seen(item, kind));
      bytes += (item.request?.body?.length ?? 0) + (item.reply?.body?.length ?? 0);
    }
    if (exchanges.length > EXCHANGES_MAX || bytes > BYTES_MAX)
      throw problem(
        BAD_REQUEST,
        `That is more than can be judged at once (${EXCHANGES_MAX} exchanges, ${BYTES_MAX / 1024 / 1024} MB): say where to begin and end (after, until)`,
        { at: 'after' },
      );
    if (next === undefined || within.length < items.length) break;
    cursor = Number(next);
  }
  const judged = until === undefined ? Math.max(latest, now ?? 0) : latest;
  return { evidence: { dialect, participant, exchanges: exchanges.sort(inOrder), now: judged }, gaps };
};
