import { ctxWith } from '../../ctx-with.ts';
import type { Call, Ctx } from '../../pattern.ts';
import type { Tx } from '../../sql/port.ts';
import type { EntryText } from '../bundle-text.ts';
import { madeOutcome, requireMatch } from '../conditional.ts';
import { removedOutcome } from '../interactions/delete.ts';
import type { Endpoint } from '../interactions/operation.ts';
import type { Outcome } from '../outcome.ts';
import { patchRow } from '../patched.ts';
import type { Preference } from '../prefer.ts';
import { fhirBase, fhirBases } from '../reply.ts';
import { create, find, read, remove, replace } from '../repository.ts';
import { demandOf, requireVersion } from '../version-demand.ts';
import type { WritingCtx } from '../write-guard.ts';
import { answerBudget } from './answer-budget.ts';
import { replyToEntry } from './batch.ts';
import { inOrder } from './entry.ts';
import { type PlannedEntry, planTransaction } from './plan.ts';
import { forEntry, type ResolvedEntry, resolveEntries, resolveReferences } from './resolve.ts';
import { outcomeEntry, repliedEntry } from './response.ts';

const demandOfEntry = ({ headers }: PlannedEntry) =>
  demandOf({ ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] });

const post = async (ctx: Ctx, tx: Tx, entry: ResolvedEntry): Promise<Outcome> => {
  const { match, id, newId, document, route } = entry;
  const existing =
    match ?? (id !== newId && id !== undefined ? await find(ctx, tx, route.params.type ?? '', id) : undefined);
  if (existing !== undefined)
    return {
      status: 200,
      version: existing,
      located: true,
      done: `Nothing was created: ${existing.type}/${existing.id} matches`,
    };
  if (document === undefined || id === undefined) throw new Error('A POST was planned without its document');
  return madeOutcome(await create(ctx, tx, document, { id }), 'POST', true);
};

const put = async (ctx: Ctx, tx: Tx, entry: ResolvedEntry): Promise<Outcome> => {
  const { id, document } = entry;
  if (document === undefined || id === undefined) throw new Error('A PUT was planned without its document');
  const row = await find(ctx, tx, document.resourceType, id);
  requireVersion(ctx.dialect, `${document.resourceType}/${id}`, row, demandOfEntry(entry));
  if (row === undefined) return madeOutcome(await create(ctx, tx, document, { id, method: 'PUT' }), 'PUT', true);
  return madeOutcome(await replace(ctx, tx, row, document), 'PUT', row.deleted);
};

const change = async (ctx: Ctx, tx: Tx, entry: ResolvedEntry): Promise<Outcome> => {
  const { verb, id, match, patch, route } = entry;
  const { type = '' } = route.params;
  if (verb === 'POST') return post(ctx, tx, entry);
  if (verb === 'PUT') return put(ctx, tx, entry);
  if (verb === 'DELETE') {
    const name = `${type}${id === undefined ? '' : `/${id}`}`;
    return removedOutcome(name, id === undefined ? undefined : await remove(ctx, tx, type, id, demandOfEntry(entry)));
  }
  const row =
    match ?? (id === undefined ? await requireMatch(ctx, tx, type, route.query) : await read(ctx, tx, type, id));
  return patchRow(ctx, tx, row, patch ?? [], demandOfEntry(entry));
};

/** What only reads does it through `sql`, and has to see what the transaction made. */
const ctxInside = (ctx: WritingCtx, tx: Tx): WritingCtx => ({
  ...ctxWith(ctx, { sql: tx, transaction: (body) => body(tx) }),
  ...(ctx.permits === undefined ? {} : { permits: ctx.permits }),
});

/**
 * The whole of a transaction inside one of the store's: changes first, those whose references are searches last, so that
 * they also find what the transaction itself makes; then what is read. FHIR R4 http.html#trules
 */
const runInside = async (
  endpoint: Endpoint,
  call: Call,
  ctx: Ctx,
  tx: Tx,
  planned: readonly PlannedEntry[],
  prefer: Preference,
): Promise<Map<number, EntryText>> => {
  const base = fhirBase(call);
  const answers = new Map<number, EntryText>();
  const budget = answerBudget();
  const resolved = inOrder(await resolveEntries(ctx, tx, planned));
  const isChange = (entry: ResolvedEntry): boolean => entry.verb !== 'GET' && entry.verb !== 'HEAD';
  const changes = resolved.filter(isChange);
  const found = new Map<string, string>();
  for (const waits of [false, true]) {
    for (const entry of changes.filter(({ conditional }) => conditional.size > 0 === waits)) {
      const outcome = await forEntry(entry.index, async () => {
        const ready = await resolveReferences(ctx, tx, entry, found);
        return change(ctx, tx, ready);
      });
      answers.set(entry.index, budget.take(entry, outcomeEntry(base, outcome, prefer)));
    }
  }
  const inside = ctxInside(ctx, tx);
  for (const entry of resolved.filter((each) => !isChange(each))) {
    budget.checkRoom(entry);
    const reply = await forEntry(entry.index, () => replyToEntry(endpoint, call, inside, entry));
    answers.set(entry.index, budget.take(entry, repliedEntry(base, entry, reply)));
  }
  return answers;
};

/** All entries or none; what fails names its entry. FHIR R4 http.html#transaction */
export const runTransaction = async (
  endpoint: Endpoint,
  call: Call,
  ctx: Ctx,
  values: readonly unknown[],
  prefer: Preference,
): Promise<EntryText[]> => {
  const planned = await planTransaction(ctx, values, fhirBases(call));
  const answers = await ctx.transaction((tx) => runInside(endpoint, call, ctx, tx, planned, prefer));
  return values.map((_, index) => answers.get(index) ?? {});
};
