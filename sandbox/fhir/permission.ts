import type { Call } from '../pattern.ts';
import { FORBIDDEN, problem } from '../problem.ts';
import type { Interaction, WritingCtx } from './write-guard.ts';

/** What each operation does; several where that depends on what is there, and then any of them has to be allowed. */
const DOES: Readonly<Record<string, readonly Interaction[]>> = {
  readResource: ['read'],
  vreadResource: ['read'],
  historyInstance: ['read'],
  historyType: ['read'],
  historySystem: ['read'],
  validateStored: ['read'],
  patientEverything: ['read'],
  patientEverythingPost: ['read'],
  searchType: ['search'],
  searchTypePost: ['search'],
  searchSystem: ['search'],
  searchSystemPost: ['search'],
  searchCompartment: ['search'],
  searchCompartmentPost: ['search'],
  createResource: ['create'],
  updateResource: ['update', 'create'],
  conditionalUpdate: ['update', 'create'],
  patchResource: ['update'],
  conditionalPatch: ['update'],
  deleteResource: ['delete'],
  conditionalDelete: ['delete'],
};

/** These bring resources of other types than the path names. */
const BRINGS_MORE = /^(?:historySystem|patientEverything|searchSystem|searchCompartment)/;
const INCLUDES = /^_(?:rev)?include(?::|$)/;

/** Those of the kinds with which whoever calls may do one of these; all where nobody has a rule. */
export const permitted = async (
  ctx: WritingCtx,
  interactions: readonly Interaction[],
  kinds: readonly string[],
): Promise<readonly string[]> => {
  if (ctx.permits === undefined) return kinds;
  for (const interaction of interactions) {
    const allowed = await ctx.permits(ctx, interaction, kinds);
    if (allowed.length > 0) return allowed;
  }
  return [];
};

/**
 * Refuses an operation of FHIR that whoever calls may not do, before anything is looked up; a search that brings other types
 * along needs the right to all. What is written is judged again where it is written, when it is known what that is.
 */
export const requirePermitted = async (
  ctx: WritingCtx,
  operationId: string,
  { params: { type }, query, body }: Call,
): Promise<void> => {
  const interactions = DOES[operationId];
  if (ctx.permits === undefined || interactions === undefined) return;
  const form = operationId.endsWith('Post') ? new URLSearchParams(Buffer.from(body).toString('utf8')) : [];
  const bringsMore =
    BRINGS_MORE.test(operationId) || [...query, ...form].some(([name]) => INCLUDES.test(name)) || type === undefined;
  const kind = bringsMore ? '*' : type;
  if ((await permitted(ctx, interactions, [kind])).length > 0) return;
  throw problem(
    FORBIDDEN,
    `Whoever calls may not ${interactions.join(' or ')} ${bringsMore ? 'data of every kind' : kind}`,
  );
};
