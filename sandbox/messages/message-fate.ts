import type { Dialect, FaultEffect, MessageFault, Sentinel } from '../dialect.ts';
import {
  type FaultQuestion,
  faultRows,
  isOfMessages,
  type Strike,
  strikeAmong,
  strikeBy,
  strikesOn,
} from '../faults.ts';
import { describeStrikes } from '../http/fault-effects.ts';
import type { Host } from '../http/host.ts';
import type { LoadedSandbox } from '../participants.ts';
import type { Tx } from '../sql/port.ts';
import type { Lesson } from './lesson.ts';
import type { MessageRow } from './rows.ts';

/** A fault that strikes a message. */
export interface MessageStrike {
  readonly as: MessageFault;
  readonly ms?: number;
  readonly because: string;
  /** As the journal shows it. */
  readonly shown: string;
}

/**
 * What was decided of a message when it was accepted, for as long as the faults of its sandbox are still those of that time.
 * Then it does not matter in which order, by which connection and on which node messages are delivered. By chance it goes by
 * their places. Where a fault strikes the first so many, what messages set off has to be accepted in the same order each time:
 * until it has, those of its sandbox are handled one at a time, in the order in which they were accepted (relay-take.ts).
 */
interface Fate {
  /** The list that the faults were given in. */
  readonly list: string;
  /** A number, in the order in which messages were accepted; behind that of the message that set it off, which of all that did. */
  readonly place: string;
  /** The fault that strikes it. */
  readonly position?: number;
}

// Written by decideFate.
const fateIn = ({ fate }: Pick<MessageRow, 'fate'>): Fate | undefined =>
  fate === null ? undefined : (JSON.parse(fate) as Fate);

type Accepted = Pick<MessageRow, 'serial' | 'queue' | 'receiver' | 'headers' | 'body'>;

/** Where a message stands from which others follow; another attempt has others. Undefined where nothing was decided of it. */
export const placeOf = (row: Pick<MessageRow, 'fate' | 'attempt'>): string | undefined => {
  const place = fateIn(row)?.place;
  return place === undefined || row.attempt === 1 ? place : `${place}@${row.attempt}`;
};

const strikeOf = (strike: Strike): MessageStrike | undefined => {
  const { effect, because } = strike;
  if (effect.kind !== 'message') return undefined;
  const shown = describeStrikes([strike]);
  return { as: effect.as, because, shown, ...(effect.ms === undefined ? {} : { ms: effect.ms }) };
};

const namesIn =
  ({ headers, body }: Accepted) =>
  (value: string): boolean =>
    headers.includes(JSON.stringify(value)) || Buffer.from(body).includes(value);

/** Whether a fault can happen to what a consumer carries: an answer to something else is one only where it carries answers. */
const canStrike = (effect: FaultEffect, lesson: Lesson | undefined): boolean =>
  effect.kind === 'message' && (effect.as !== 'uncorrelated' || lesson?.uncorrelated !== undefined);

/** A sentinel of the dialect that a message names, as far as it goes from one participant to another. */
const sentinelIn = (dialect: Dialect, message: Accepted, lesson: Lesson | undefined): Strike | undefined => {
  if (lesson === undefined) return undefined;
  const names = namesIn(message);
  const meant = ({ value, of }: Sentinel): string => (of === undefined ? value : `${value}/${of}`);
  const found = dialect.sentinels.find((one) => canStrike(one.fault, lesson) && names(meant(one)));
  return found && { effect: found.fault, because: `sentinel ${found.value}` };
};

const questionOf = (message: Accepted, seed: number, lesson: Lesson | undefined): FaultQuestion => ({
  serial: message.serial,
  seed,
  participant: message.receiver,
  operationId: message.queue.slice(message.queue.indexOf('.') + 1),
  names: namesIn(message),
  concerns: (effect: FaultEffect) => canStrike(effect, lesson),
});

/** The number of a message among those that nothing else in a queue set off. */
const nextPlace = async (tx: Tx, serial: number): Promise<string> => {
  const [counted] = await tx.query<{ accepted: number }>(
    `update fault set accepted = accepted + 1 where serial = $1 and position =
       (select min(position) from fault where serial = $1) returning accepted`,
    [serial],
  );
  return String(counted?.accepted ?? 0);
};

/** Who is accepted: of which sandbox, and, where a message set it off, which it is of those that did. */
export interface Accepting {
  readonly seed: number;
  readonly dialect: Dialect;
  readonly place: string | undefined;
}

/** Decides, in the transaction that accepts it, whether a fault strikes a message; null where the sandbox has none for messages. */
export const decideFate = async (
  tx: Tx,
  message: Accepted,
  lesson: Lesson | undefined,
  { seed, dialect, place: follows }: Accepting,
): Promise<string | null> => {
  const rows = await faultRows(tx, message.serial);
  const list = rows.find(isOfMessages)?.list ?? null;
  if (list === null) return null;
  const place = follows ?? (await nextPlace(tx, message.serial));
  // What a sentinel tells comes before all else, and is decided when it is delivered.
  if (sentinelIn(dialect, message, lesson) !== undefined) return JSON.stringify({ list, place } satisfies Fate);
  const struck = await strikeAmong(tx, questionOf(message, seed, lesson), rows, follows);
  return JSON.stringify({ list, place, ...(struck && { position: struck.position }) } satisfies Fate);
};

/** The fault that strikes a message when it is first delivered; no second delivery is struck. */
export const findMessageStrike = async (
  host: Host,
  sandbox: LoadedSandbox,
  message: MessageRow,
  lesson: Lesson | undefined,
): Promise<MessageStrike | undefined> => {
  if (message.attempt > 1) return undefined;
  const { pattern, dialect, seed, serial } = sandbox.row;
  if (lesson !== undefined) {
    const told = sentinelIn((await (await host.pattern(pattern)).dialect(dialect)).dialect, message, lesson);
    if (told !== undefined) return strikeOf(told);
  }
  if (sandbox.faults === 0) return undefined;
  const fate = fateIn(message);
  const rows = fate === undefined ? [] : await faultRows(host.sql, serial);
  if (fate !== undefined && rows[0]?.list === fate.list) {
    const row = rows.find(({ position }) => position === fate.position);
    return row && strikeOf(strikeBy(row));
  }
  // Accepted before these faults were switched on: they count what they see.
  const [first] = await strikesOn(host.sql, questionOf(message, seed, lesson));
  return first && strikeOf(first);
};
