import type { Call } from '../pattern.ts';
import { FORBIDDEN, problem } from '../problem.ts';
import type { WritingCtx } from './write-guard.ts';

type Interaction = 'read' | 'search';

/** What each operation does with data that are there; those that only write are asked about where they write. */
const READING: Readonly<Record<string, Interaction>> = {
  readResource: 'read',
  vreadResource: 'read',
  historyInstance: 'read',
  historyType: 'read',
  historySystem: 'read',
  validateStored: 'read',
  patientEverything: 'read',
  patientEverythingPost: 'read',
  searchType: 'search',
  searchTypePost: 'search',
  searchSystem: 'search',
  searchSystemPost: 'search',
  searchCompartment: 'search',
  searchCompartmentPost: 'search',
};

/** These bring resources of other types than the path names. */
const BRINGS_MORE = /^(?:historySystem|patientEverything|searchSystem|searchCompartment)/;
const INCLUDES = /^_(?:rev)?include(?::|$)/;

/** Refuses to show data of a kind that whoever calls may not see; kinds that only some of are allowed are left out by others. */
export const requireKinds = async (
  ctx: WritingCtx,
  interaction: Interaction,
  kinds: readonly string[],
): Promise<readonly string[]> => {
  const allowed = ctx.readable === undefined ? kinds : await ctx.readable(ctx, interaction, kinds);
  if (allowed.length > 0) return allowed;
  const what = kinds.includes('*') ? 'data of every kind' : kinds.join(', ');
  throw problem(FORBIDDEN, `Whoever calls may not ${interaction} ${what} here`);
};

/** The same for an operation of FHIR, as a whole; a search that brings other types along needs the right to all. */
export const requireReadable = async (
  ctx: WritingCtx,
  operationId: string,
  { params: { type }, query, body }: Call,
): Promise<void> => {
  const interaction = READING[operationId];
  if (ctx.readable === undefined || interaction === undefined) return;
  const form = operationId.endsWith('Post') ? new URLSearchParams(Buffer.from(body).toString('utf8')) : [];
  const asked = [...query, ...form].map(([name]) => name);
  const bringsMore = BRINGS_MORE.test(operationId) || asked.some((name) => INCLUDES.test(name));
  await requireKinds(ctx, interaction, [bringsMore || type === undefined ? '*' : type]);
};
