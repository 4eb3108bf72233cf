import type { Ctx } from '../pattern.ts';
import { problem, UNPROCESSABLE } from '../problem.ts';
import type { Tx } from '../sql/port.ts';
import { madeOutcome } from './conditional.ts';
import { requireFit } from './document.ts';
import { parseJson } from './json.ts';
import { applyPatch, type PatchOperation } from './json-patch.ts';
import type { Outcome } from './outcome.ts';
import { replace } from './repository.ts';
import { isResource, type StoredRow } from './stored.ts';
import { requireVersion, type VersionDemand } from './version-demand.ts';

/** Patches the row that the same transaction found; the result is as fit to be stored as any. FHIR R4 http.html#patch */
export const patchRow = async (
  ctx: Ctx,
  tx: Tx,
  row: StoredRow,
  operations: readonly PatchOperation[],
  demand: VersionDemand,
): Promise<Outcome> => {
  const { type, id } = row;
  requireVersion(ctx.dialect, `${type}/${id}`, row, demand);
  const patched = applyPatch(parseJson(row.body), operations);
  if (!isResource(patched) || patched.resourceType !== type)
    throw problem(UNPROCESSABLE, 'A patch cannot change the resourceType', { at: `${type}.resourceType` });
  if (patched.id !== id) throw problem(UNPROCESSABLE, 'A patch cannot change the id', { at: `${type}.id` });
  return madeOutcome(await replace(ctx, tx, row, requireFit(ctx, patched, type), 'PATCH'), 'PATCH', false);
};
