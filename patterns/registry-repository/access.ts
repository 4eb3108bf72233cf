import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { items, part } from '../../sandbox/pointers/pointer.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { CONFIDENTIALITY } from './pointer.ts';

/** Labelled R or V: for those alone whom the repository has allowed. */
const isRestricted = (document: FhirResource): boolean =>
  items(part(document, 'meta', 'security')).some(
    (coding) => part(coding, 'system') === CONFIDENTIALITY && ['R', 'V'].includes(String(part(coding, 'code'))),
  );

export const allow = async (ctx: Ctx, tx: Tx, id: string, caller: string): Promise<void> => {
  await tx.query(
    'insert into reg_allowed (store, id, caller) values ($1, $2, $3) on conflict (store, id, caller) do nothing',
    [ctx.store, id, caller],
  );
};

export const forbid = async (ctx: Ctx, tx: Tx, id: string, caller: string): Promise<void> => {
  await tx.query('delete from reg_allowed where store = $1 and id = $2 and caller = $3', [ctx.store, id, caller]);
};

/** The repository's own judgement, whatever the registry showed: whether the caller may have the document. */
export const mayHave = async (
  ctx: Ctx,
  tx: Tx,
  document: FhirResource,
  id: string,
  caller: string,
): Promise<boolean> => {
  if (!isRestricted(document)) return true;
  const allowed = await tx.query('select caller from reg_allowed where store = $1 and id = $2 and caller = $3', [
    ctx.store,
    id,
    caller,
  ]);
  return allowed.length > 0;
};
