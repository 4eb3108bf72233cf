import { within } from '../../sandbox/fhir/search/indexed-store.ts';
import { findMatches } from '../../sandbox/fhir/search/query.ts';
import type { WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import type { Considered, Deed } from './events.ts';
import type { Criterion, Subscription } from './subscriptions.ts';
import { topicOf } from './topics.ts';

/** A change of a record, as matching looks at it: while the store has it in its index. */
export interface Change {
  readonly type: string;
  readonly id: string;
  readonly deed: Deed;
}

type Verdict = Pick<Considered, 'matched' | 'because'>;
const no = (because: string): Verdict => ({ matched: false, because });

const isFound = async (ctx: WritingCtx, tx: Tx, { type, id }: Change, query: URLSearchParams): Promise<boolean> => {
  const narrowed = new URLSearchParams([...query, ['_id', id]]);
  const options = { now: ctx.now(), bases: ctx.fhirBases ?? [] };
  return (await findMatches(within(tx, ctx.store), type, narrowed, 1, options)).length > 0;
};

/** Which parts of a search the record does not match: all of them, so that somebody can mend the search at once. */
const unmatched = async (ctx: WritingCtx, tx: Tx, change: Change, { query }: Criterion): Promise<string[]> => {
  const failing: string[] = [];
  for (const [name, value] of new URLSearchParams(query))
    if (!(await isFound(ctx, tx, change, new URLSearchParams([[name, value]])))) failing.push(`${name}=${value}`);
  return failing;
};

const VERB: Readonly<Record<Deed, string>> = {
  create: 'was created',
  update: 'was updated',
  delete: 'was deleted',
  publish: 'was published',
};
export const wordsOf = ({ type, id, deed }: Change): string => `${type}/${id} ${VERB[deed]}`;

/** Whether a change is one that a subscription asks for, judged by the project's own search, and why. */
export const judge = async (ctx: WritingCtx, tx: Tx, one: Subscription, change: Change): Promise<Verdict> => {
  const { wants } = one;
  if (wants.end !== undefined && wants.end <= ctx.now()) return no('the subscription had ended');
  const topic = wants.topic === undefined ? undefined : topicOf(wants.topic);
  const type = topic?.type ?? wants.criteria[0]?.type ?? '';
  if (type !== change.type) return no(`it was about ${change.type}, and ${type} is asked for`);
  if (topic === undefined && change.deed === 'delete') return no('criteria find what is there, and it is gone');
  if (topic !== undefined && !topic.deeds.includes(change.deed)) return no(`the topic has no event for ${change.deed}`);
  for (const criterion of wants.criteria) {
    if (await isFound(ctx, tx, change, new URLSearchParams(criterion.query))) continue;
    const failing = await unmatched(ctx, tx, change, criterion);
    return no(`it does not match ${failing.length === 0 ? criterion.query : failing.join(' and ')}`);
  }
  const asked = wants.criteria.map(({ query }) => query).filter((query) => query !== '');
  return { matched: true, because: asked.length === 0 ? `every ${type}` : `it matches ${asked.join(' and ')}` };
};
