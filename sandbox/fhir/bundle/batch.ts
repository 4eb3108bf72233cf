import { renderOutcome } from '../../http/render.ts';
import { namesRealNumber } from '../../nhs-number.ts';
import type { Call, Ctx, Reply } from '../../pattern.ts';
import { NOT_IMPLEMENTED, ProblemError, problem } from '../../problem.ts';
import { breather } from '../breather.ts';
import type { EntryText } from '../bundle-text.ts';
import type { Endpoint } from '../interactions/operation.ts';
import { parsePrefer } from '../prefer.ts';
import { fhirBases } from '../reply.ts';
import { answerBudget } from './answer-budget.ts';
import { type Entry, inEntry, inOrder, placeOfEntry, readEntry } from './entry.ts';
import { jsonPatchOf } from './patch-of-entry.ts';
import { failedEntry, repliedEntry } from './response.ts';

/** Resources come back only where that was asked for: the answer to a bundle is long enough. */
const preferOf = ({ headers: { prefer } }: Call): string => {
  if (prefer === undefined) return 'return=minimal';
  return parsePrefer(prefer).return === undefined ? `${prefer}, return=minimal` : prefer;
};

/** The request that an entry stands for, as if it had come by itself. */
export const callOf = (call: Call, entry: Entry): Call => {
  const { route, headers, resource, verb } = entry;
  const body = verb === 'PATCH' ? jsonPatchOf(entry) : resource;
  return {
    operationId: route.operationId,
    method: verb,
    base: call.base,
    ...(call.shortBase === undefined ? {} : { shortBase: call.shortBase }),
    path: `/FHIR/R4/${route.path}`,
    params: route.params,
    query: route.query,
    headers: {
      accept: 'application/fhir+json',
      prefer: preferOf(call),
      ...headers,
    },
    body: body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)),
    from: call.from,
  };
};

/** Does what one entry says by the handler that serves the same request alone. */
export const replyToEntry = (endpoint: Endpoint, call: Call, ctx: Ctx, entry: Entry): Reply | Promise<Reply> => {
  const handler = endpoint.handlers[entry.route.operationId];
  if (handler === undefined)
    throw problem(NOT_IMPLEMENTED, `${entry.route.operationId} is not served here`, { at: placeOfEntry(entry.index) });
  return handler(callOf(call, entry), ctx);
};

export interface BatchAnswer {
  readonly entries: EntryText[];
  /** Whether an entry was refused because it may name a real person. */
  readonly concealed: boolean;
}

/**
 * Each entry by itself: one that fails takes nothing from the others (FHIR R4 http.html#brules). Every change is a
 * transaction of its own.
 */
export const runBatch = async (
  endpoint: Endpoint,
  call: Call,
  ctx: Ctx,
  values: readonly unknown[],
): Promise<BatchAnswer> => {
  const bases = fhirBases(call);
  const breathe = breather();
  const budget = answerBudget();
  let concealed = false;
  const answers = new Map<number, EntryText>();
  const failed = (index: number, error: unknown): void => {
    if (!(error instanceof ProblemError)) throw error;
    concealed ||= namesRealNumber(error.faults);
    answers.set(index, failedEntry(renderOutcome(inEntry(index, error), ctx.dialect, false)));
  };
  const entries: Entry[] = [];
  for (const [index, value] of values.entries()) {
    try {
      entries.push(readEntry(value, index, bases));
    } catch (error) {
      failed(index, error);
    }
  }
  for (const entry of inOrder(entries)) {
    await breathe();
    try {
      budget.checkRoom(entry);
      const reply = await replyToEntry(endpoint, call, ctx, entry);
      answers.set(entry.index, budget.take(entry, repliedEntry(bases[0], entry, reply)));
    } catch (error) {
      failed(entry.index, error);
    }
  }
  return { entries: values.map((_, index) => answers.get(index) ?? {}), concealed };
};
