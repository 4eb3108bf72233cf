import { isResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { type Answer, ask, isStale, reasonOf, versionTold } from './asking.ts';
import { type Change, type Clash, clashesOf } from './merging.ts';
import { forget, recall, remember, type Seen } from './seen.ts';
import { ways } from './ways.ts';

/** What came of it, for who asked. */
export interface Outcome {
  readonly outcome: 'read' | 'created' | 'changed' | 'removed' | 'stale' | 'both-changed' | 'refused' | 'unknown';
  readonly record: string;
  readonly status?: number;
  /** The version that it has now, as far as is known. */
  readonly version?: string;
  readonly because?: string;
  readonly clashes?: readonly Clash[];
  /** As of when it is (SHR-12). */
  readonly asAt?: string;
  readonly body?: unknown;
}

const plain = (version: string): string => version.replace(/^W\/"(.*)"$/, '$1');

export const outcomeOf = (ctx: Ctx, record: string, answer: Answer, went: Outcome['outcome']): Outcome => {
  const { status } = answer;
  if (status === undefined) return { outcome: 'unknown', record, because: reasonOf(answer) };
  if (isStale(answer)) return { outcome: 'stale', record, status, because: reasonOf(answer) };
  if (status >= 300) return { outcome: 'refused', record, status, because: reasonOf(answer) };
  const version = versionTold(ctx, answer);
  return { outcome: went, record, status, ...(version === undefined ? {} : { version: plain(version) }) };
};

/** Reads a record and keeps what was read, to base a change on it. */
export const readRecord = async (ctx: Ctx, record: string): Promise<{ outcome: Outcome; seen?: Seen }> => {
  const answer = await ask(ctx, { method: 'GET', path: `/FHIR/R4/${record}` });
  const outcome = outcomeOf(ctx, record, answer, 'read');
  const version = versionTold(ctx, answer);
  if (outcome.outcome !== 'read' || version === undefined || !isResource(answer.body)) return { outcome };
  const seen = { version, record: answer.body };
  await remember(ctx, record, seen);
  return {
    outcome: { ...outcome, asAt: new Date(ctx.now()).toISOString(), body: answer.body },
    seen: { ...seen, at: ctx.now() },
  };
};

const send = (ctx: Ctx, record: string, seen: Seen, change: Change): Promise<Answer> =>
  ask(ctx, ways.in(ctx).change(ctx, `/FHIR/R4/${record}`, seen, change));

/** Changes a record, based on what was read; a change that was refused as stale is kept, to be merged. */
export const changeRecord = async (ctx: Ctx, record: string, change: Change): Promise<Outcome> => {
  const known = await recall(ctx, record);
  const read = known === undefined ? await readRecord(ctx, record) : { seen: known, outcome: undefined };
  if (read.seen === undefined) return read.outcome ?? { outcome: 'unknown', record };
  const answer = await send(ctx, record, read.seen, change);
  const outcome = outcomeOf(ctx, record, answer, 'changed');
  if (outcome.outcome === 'stale') await remember(ctx, record, { ...read.seen, change });
  else if (outcome.outcome === 'changed') await forget(ctx, record);
  return outcome;
};

/** What a refused change is given up for where both changed the same: `ask` leaves that to a person. */
export type Keep = 'ask' | 'theirs' | 'mine';

/** Reads again, makes the change that was refused to what is there now, and sends that: nothing is overwritten (SHR-04). */
export const mergeAndRetry = async (ctx: Ctx, record: string, keep: Keep): Promise<Outcome> => {
  const before = await recall(ctx, record);
  if (before?.change === undefined)
    return { outcome: 'refused', record, because: 'No change of this record is waiting to be merged' };
  const { change } = before;
  const { seen, outcome } = await readRecord(ctx, record);
  if (seen === undefined) return outcome;
  const clashes = clashesOf(before.record, seen.record, change);
  if (clashes.length > 0 && keep === 'ask') {
    // The base stays what the change was made of, so that the question can be put again.
    await remember(ctx, record, before);
    return { outcome: 'both-changed', record, clashes, because: 'Both changed the same: a person has to decide' };
  }
  const theirs = new Set(keep === 'theirs' ? clashes.map(({ element }) => element) : []);
  const set = Object.fromEntries(Object.entries(change.set).filter(([element]) => !theirs.has(element)));
  if (Object.keys(set).length + Object.keys(change.add).length === 0) {
    await forget(ctx, record);
    return { ...outcome, because: 'What others wrote stays, and nothing is left to change' };
  }
  return changeRecord(ctx, record, { ...change, set });
};
