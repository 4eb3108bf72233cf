import { createHash, randomUUID } from 'node:crypto';
import type { FaultEffect } from './dialect.ts';
import { listed, parts } from './sql/parts.ts';
import type { Reader, Sql, Tx } from './sql/port.ts';

/** A fault as it is switched on; shapes and limits are those of `Fault` in openapi/service.yaml. */
export interface FaultRule {
  readonly id: string;
  /** Whose replies misbehave. */
  readonly participant: string;
  /** operationId; every operation when absent. */
  readonly operation?: string;
  /** 0 to 1; seeded, so that the same run strikes the same requests, and the same messages: see messages/message-fate.ts. */
  readonly probability: number;
  /** How often it still strikes; without end when absent, and 0 once it is spent. */
  readonly times?: number;
  /** Only requests that name this value strike. */
  readonly match?: string;
  readonly effect: FaultEffect;
}

/** A rule that may still lack what has a default: its id, and probability 1. */
export type NewFault = Omit<FaultRule, 'id' | 'probability'> & Partial<Pick<FaultRule, 'id' | 'probability'>>;

/** As it lies in the store. */
export interface FaultRow {
  readonly position: number;
  readonly id: string;
  readonly participant: string;
  readonly operation: string | null;
  readonly probability: number;
  readonly remaining: number | null;
  readonly matching: string | null;
  readonly effect: string;
  /** Which list it was given in: another each time that all are replaced. */
  readonly list: string | null;
}

export const isOfMessages = ({ effect }: Pick<FaultRow, 'effect'>): boolean => JSON.parse(effect).kind === 'message';

const COLUMNS = 'position, id, participant, operation, probability, remaining, matching, effect, list';

const ruleOf = (row: FaultRow): FaultRule => ({
  id: row.id,
  participant: row.participant,
  probability: row.probability,
  ...(row.operation === null ? {} : { operation: row.operation }),
  ...(row.remaining === null ? {} : { times: row.remaining }),
  ...(row.matching === null ? {} : { match: row.matching }),
  // Written by replaceFaults, from a FaultEffect.
  effect: JSON.parse(row.effect) as FaultEffect,
});

/** The same, as they lie in the store. */
export const faultRows = (reader: Reader, serial: number): Promise<readonly FaultRow[]> =>
  reader.query<FaultRow>(`select ${COLUMNS} from fault where serial = $1 order by position`, [serial]);

/** The faults of one generation of a sandbox, in the order in which they were given. */
export const loadFaults = async (reader: Reader, serial: number): Promise<readonly FaultRule[]> =>
  (await faultRows(reader, serial)).map(ruleOf);

/** Of these sandboxes those in which a fault has yet to strike so many messages. */
export const countingMessages = async (reader: Reader, serials: readonly number[]): Promise<ReadonlySet<number>> => {
  const found = new Set<number>();
  for (const some of parts(serials)) {
    const rows = await reader.query<Pick<FaultRow, 'effect'> & { serial: number }>(
      `select serial, effect from fault where serial in ${listed(some, 1)} and remaining > 0`,
      some,
    );
    for (const row of rows) if (isOfMessages(row)) found.add(row.serial);
  }
  return found;
};

/** Replaces all faults; counts begin anew. Rules without an id are called `fault-1`, `fault-2`, … by their place. */
export const replaceFaults = async (tx: Tx, serial: number, rules: readonly NewFault[]): Promise<void> => {
  await tx.query('delete from fault where serial = $1', [serial]);
  const list = randomUUID();
  for (const [index, rule] of rules.entries()) {
    await tx.query(`insert into fault (serial, ${COLUMNS}, seen) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)`, [
      serial,
      index + 1,
      rule.id ?? `fault-${index + 1}`,
      rule.participant,
      rule.operation ?? null,
      rule.probability ?? 1,
      rule.times ?? null,
      rule.match ?? null,
      JSON.stringify(rule.effect),
      list,
    ]);
  }
};

/** A fault that strikes this exchange, and what it is called in the journal. */
export interface Strike {
  readonly effect: FaultEffect;
  readonly because: string;
}

/** What there is to know of a request to tell whether a fault is meant for it. */
export interface FaultQuestion {
  readonly serial: number;
  readonly seed: number;
  readonly participant: string;
  readonly operationId: string;
  /** Whether the request names a value: see fault-match.ts. */
  names(value: string): boolean;
  /** Whether an effect can happen here; others neither strike nor count. All but those of MLLP and of queues unless told. */
  concerns?(effect: FaultEffect): boolean;
}

const overHttp = ({ kind }: FaultEffect): boolean => kind !== 'mllp' && kind !== 'message';

/** Uniform in [0, 1): a function of the sandbox's seed, the fault and how many requests it has seen, or a place, and nothing else. */
const chance = (seed: number, fault: string, seen: number | string): number =>
  createHash('sha256').update(`${seed}:${fault}:${seen}`).digest().readUInt32BE(0) / 2 ** 32;

const countSeen = async (tx: Tx, key: readonly number[]): Promise<number | undefined> => {
  const [counted] = await tx.query<{ seen: number }>(
    'update fault set seen = seen + 1 where serial = $1 and position = $2 returning seen',
    [...key],
  );
  return counted?.seen;
};

const count = async (tx: Tx, question: FaultQuestion, row: FaultRow, place: string | undefined): Promise<boolean> => {
  const key = [question.serial, row.position];
  const seen = place ?? (await countSeen(tx, key));
  if (seen === undefined || chance(question.seed, row.id, seen) >= row.probability) return false;
  if (row.remaining === null) return true;
  const spent = await tx.query(
    'update fault set remaining = remaining - 1 where serial = $1 and position = $2 and remaining > 0 returning remaining',
    key,
  );
  return spent.length > 0;
};

const isCounted = ({ probability, remaining }: FaultRow): boolean => probability < 1 || remaining !== null;

/** Of all the faults of a sandbox, those that are meant for this. */
const meantFor = (question: FaultQuestion, rows: readonly FaultRow[]): readonly FaultRow[] =>
  rows.filter(
    (row) =>
      row.participant === question.participant &&
      (row.operation === null || row.operation === question.operationId) &&
      row.remaining !== 0 &&
      (question.concerns ?? overHttp)(ruleOf(row).effect) &&
      (row.matching === null || question.names(row.matching)),
  );

/** Those of these rows that strike. With a `place` that is what chance goes by, and not how many they have seen. */
const struckBy = async (
  tx: Tx,
  question: FaultQuestion,
  meant: readonly FaultRow[],
  place?: string,
): Promise<readonly FaultRow[]> => {
  const struck: FaultRow[] = [];
  for (const row of meant) if (!isCounted(row) || (await count(tx, question, row, place))) struck.push(row);
  return struck;
};

export const strikeBy = (row: FaultRow): Strike => ({ effect: ruleOf(row).effect, because: row.id });

/** The first fault that strikes, told in a transaction in which all of them were read. */
export const strikeAmong = async (
  tx: Tx,
  question: FaultQuestion,
  rows: readonly FaultRow[],
  place: string | undefined,
): Promise<FaultRow | undefined> => (await struckBy(tx, question, meantFor(question, rows), place))[0];

/**
 * The faults that strike a request. Only rules that are a matter of chance, or run out, have to count the requests they
 * see, in a transaction of their own: a refused or rolled back request has been seen all the same.
 */
export const strikesOn = async (sql: Sql, question: FaultQuestion): Promise<readonly Strike[]> => {
  const meant = meantFor(question, await faultRows(sql, question.serial));
  const struck = meant.some(isCounted) ? await sql.transaction((tx) => struckBy(tx, question, meant)) : meant;
  return struck.map(strikeBy);
};
