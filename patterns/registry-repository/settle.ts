import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import type { Ctx, TimerHandler } from '../../sandbox/pattern.ts';
import { masterOf as masterIn } from '../../sandbox/pointers/pointer.ts';
import { documentBy, forgetDocument, type Kept, keepDocument, owed } from './documents.ts';
import { masterOf, pointerTo } from './pointer.ts';
import { type Answer, complaintOf, find, pointersIn, register, withdraw } from './registry-call.ts';

/** How what a repository owes the registry stands after an attempt. */
export interface Settled {
  readonly state: 'registered' | 'registered-already' | 'withdrawn' | 'refused' | 'unknown' | 'nothing-to-do';
  readonly document: string;
  readonly pointer?: string;
  readonly status?: number;
  readonly because?: string;
  /** When it will be tried again, on the sandbox clock. */
  readonly again?: string;
  readonly exchange?: string;
}

const MINUTE = 60_000;
/** No final answer: nothing, 408, 429 and 5xx. */
const isOpen = ({ status }: Answer): boolean =>
  status === undefined || status === 408 || status === 429 || status >= 500;

const rest = ({ status, exchange, because }: Answer, said?: string) => ({
  ...(status === undefined ? {} : { status }),
  ...(exchange === undefined ? {} : { exchange }),
  ...(because === undefined && said === undefined ? {} : { because: said ?? because ?? '' }),
});

/** Tries again after 2, 4, 8 … minutes, at most half an hour, for as long as it takes. */
const postpone = async (ctx: Ctx, kept: Kept, answer: Answer): Promise<Settled> => {
  const attempts = kept.attempts + 1;
  const due = ctx.now() + Math.min(2 ** attempts, 30) * MINUTE;
  await ctx.transaction(async (tx) => {
    await keepDocument(ctx, tx, { ...kept, attempts });
    await ctx.schedule(tx, { name: 'reconcile', due, data: { document: kept.draft.id } });
  });
  const again = new Date(due).toISOString();
  return { state: 'unknown', document: kept.draft.id, again, ...rest(answer, complaintOf(answer)) };
};

const settled = async (
  ctx: Ctx,
  kept: Kept,
  pointer: string,
  state: Settled['state'],
  answer: Answer,
): Promise<Settled> => {
  await ctx.transaction((tx) => keepDocument(ctx, tx, { ...kept, pointer, attempts: 0 }));
  return { state, document: kept.draft.id, pointer, ...rest(answer) };
};

/** The pointer that the registry has of this document already. */
const known = async (ctx: Ctx, { draft }: Kept): Promise<string | undefined> => {
  const found = pointersIn(await find(ctx, { person: draft.person }, 'producer'));
  const name = masterOf(ctx, ctx.participant.name, draft).value;
  return found.find((pointer) => masterIn(pointer)?.value === name)?.id;
};

/** `…/DocumentReference/X99101-1/_history/1`: the id of what was made. */
const madeIn = ({ headers }: Answer): string | undefined =>
  /\/DocumentReference\/([A-Za-z0-9.-]{1,64})/.exec(headers?.location ?? '')?.[1];

const registerDocument = async (ctx: Ctx, kept: Kept): Promise<Settled> => {
  const { name } = ctx.participant;
  const answer = await register(ctx, pointerTo(ctx, name, kept.draft, fhirBaseOf(ctx, name) ?? ''));
  if (isOpen(answer)) return postpone(ctx, kept, answer);
  const made = answer.status === 201 ? madeIn(answer) : undefined;
  if (made !== undefined) return settled(ctx, kept, made, 'registered', answer);
  // A reply that was lost: the registry has it, and says so when it is told again.
  const before = await known(ctx, kept);
  if (before !== undefined) return settled(ctx, kept, before, 'registered-already', answer);
  await ctx.transaction((tx) => keepDocument(ctx, tx, { ...kept, wanted: false }));
  return { state: 'refused', document: kept.draft.id, ...rest(answer, complaintOf(answer)) };
};

const withdrawDocument = async (ctx: Ctx, kept: Kept, pointer: string): Promise<Settled> => {
  const answer = await withdraw(ctx, pointer);
  if (isOpen(answer)) return postpone(ctx, kept, answer);
  const { id } = kept.draft;
  const done = [200, 204, 404, 410].includes(answer.status ?? 0);
  if (!done) return { state: 'refused', document: id, pointer, ...rest(answer, complaintOf(answer)) };
  await ctx.transaction((tx) =>
    kept.gone ? forgetDocument(ctx, tx, id) : keepDocument(ctx, tx, { ...kept, pointer: undefined, wanted: false }),
  );
  return { state: 'withdrawn', document: id, pointer, ...rest(answer) };
};

/** Withdraws the pointer of a document, whether that is still there or not. */
export const unregister = (ctx: Ctx, kept: Kept): Promise<Settled> =>
  kept.pointer === undefined
    ? Promise.resolve({ state: 'nothing-to-do', document: kept.draft.id })
    : withdrawDocument(ctx, kept, kept.pointer);

/** Does what the repository owes the registry for one document: registers it, or withdraws the pointer of one that is gone. */
export const settle = async (ctx: Ctx, kept: Kept): Promise<Settled> => {
  if (!owed(kept)) return { state: 'nothing-to-do', document: kept.draft.id };
  return kept.gone ? unregister(ctx, kept) : registerDocument(ctx, kept);
};

export const reconcile: TimerHandler = async (timer, ctx) => {
  const { data } = timer;
  const id = typeof data === 'object' && data !== null && 'document' in data ? String(data.document) : '';
  const kept = await documentBy(ctx, ctx.sql, id);
  if (kept !== undefined) await settle(ctx, kept);
};
