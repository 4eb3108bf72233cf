import { parseJson } from '../fhir/json.ts';
import { create, find, remove, replace } from '../fhir/repository.ts';
import { type FhirResource, isResource, type StoredResource, type StoredRow } from '../fhir/stored.ts';
import type { WritingCtx } from '../fhir/write-guard.ts';
import { problem } from '../problem.ts';
import type { Tx } from '../sql/port.ts';
import type { Owns } from './ownership.ts';
import { custodianOf, keyOf, masterOf, type Named, replacedBy, subjectOf, typesOf } from './pointer.ts';
import {
  CUSTODIAN_MISMATCH,
  DUPLICATE_POINTER,
  INVALID_POINTER,
  INVALID_SUPERSEDING,
  SUPERSEDING_ANOTHERS,
} from './problems.ts';

export const POINTER = 'DocumentReference';

/** The pointer of a row, which was validated when it was stored. */
export const pointerOf = ({ body }: Pick<StoredRow, 'body'>): FhirResource => {
  const value = parseJson(Buffer.from(body));
  if (!isResource(value)) throw new Error('What is stored as a pointer is no resource');
  return value;
};

export const requireCustodian = (pointer: FhirResource): Named => {
  const custodian = custodianOf(pointer);
  if (custodian !== undefined) return custodian;
  const detail = 'A pointer names its custodian by an identifier';
  throw problem(INVALID_POINTER, [{ detail, at: `${POINTER}.custodian.identifier`, issue: 'required' }]);
};

/** The key under which a document is registered once: its master identifier, for its custodian. */
const nameOf = (pointer: FhirResource, custodian: Named): string | undefined => {
  const master = masterOf(pointer);
  return master === undefined ? undefined : `${keyOf(custodian)}\n${keyOf(master)}`;
};

const claimName = async (ctx: WritingCtx, tx: Tx, name: string, pointer: string): Promise<void> => {
  const made = await tx.query(
    `insert into pointer_key (store, name, pointer) values ($1, $2, $3)
     on conflict (store, name) do nothing returning pointer`,
    [ctx.store, name, pointer],
  );
  if (made.length > 0) return;
  const [known] = await tx.query<{ pointer: string }>(
    'select pointer from pointer_key where store = $1 and name = $2',
    [ctx.store, name],
  );
  throw problem(
    DUPLICATE_POINTER,
    `${known?.pointer ?? 'Another pointer'} has this custodian and this masterIdentifier already; replace it by relatesTo, or change it`,
    { at: `${POINTER}.masterIdentifier` },
  );
};

export const freeName = async (ctx: WritingCtx, tx: Tx, pointer: string): Promise<void> => {
  await tx.query('delete from pointer_key where store = $1 and pointer = $2', [ctx.store, pointer]);
};

/** What the new pointer replaces: there, current, the caller's own, about the same person and of the same type. */
const replacedRows = async (
  ctx: WritingCtx,
  tx: Tx,
  pointer: FhirResource,
  owns: Owns,
): Promise<readonly StoredRow[]> => {
  const rows: StoredRow[] = [];
  for (const { index, id } of replacedBy(pointer)) {
    const at = `${POINTER}.relatesTo[${index}].target`;
    const row = id === '' ? undefined : await find(ctx, tx, POINTER, id);
    if (row === undefined || row.deleted)
      throw problem(INVALID_SUPERSEDING, `There is no pointer '${id.slice(0, 64)}' to replace`, { at });
    const old = pointerOf(row);
    if (!(await owns(tx, requireCustodian(old))))
      throw problem(SUPERSEDING_ANOTHERS, `${id} has another custodian`, { at });
    if (old.status === 'superseded') throw problem(INVALID_SUPERSEDING, `${id} has been replaced already`, { at });
    if (subjectOf(old) !== subjectOf(pointer))
      throw problem(INVALID_SUPERSEDING, `${id} is about another person`, { at });
    if (!typesOf(old).some((type) => typesOf(pointer).includes(type)))
      throw problem(INVALID_SUPERSEDING, `${id} is of another type`, { at });
    rows.push(row);
  }
  return rows;
};

const supersede = async (ctx: WritingCtx, tx: Tx, row: StoredRow): Promise<void> => {
  await freeName(ctx, tx, row.id);
  if (ctx.dialect.pointers?.superseded === 'deleted') await remove(ctx, tx, POINTER, row.id);
  else await replace(ctx, tx, row, { ...pointerOf(row), status: 'superseded' });
};

export interface Registered {
  readonly stored: StoredResource;
  /** Ids of the pointers that it replaced. */
  readonly superseded: readonly string[];
}

const PREFIX_MAX = 27;

/** As the ids of NRL: the custodian's code, a hyphen, and what is unique. */
export const prefixOf = ({ value }: Named): string => value.replaceAll(/[^A-Za-z0-9.]/g, '').slice(0, PREFIX_MAX);

/** Stores a new pointer, and takes out of the way what it replaces. Its form is the caller's to have checked. */
export const register = async (ctx: WritingCtx, tx: Tx, pointer: FhirResource, owns: Owns): Promise<Registered> => {
  const custodian = requireCustodian(pointer);
  if (!(await owns(tx, custodian)))
    throw problem(CUSTODIAN_MISMATCH, `The custodian ${custodian.value} is not the organisation that calls`, {
      at: `${POINTER}.custodian.identifier`,
    });
  const replaced = await replacedRows(ctx, tx, pointer, owns);
  for (const row of replaced) await supersede(ctx, tx, row);
  const id = `${prefixOf(custodian)}-${ctx.uuid()}`;
  const name = nameOf(pointer, custodian);
  if (name !== undefined) await claimName(ctx, tx, name, id);
  const date = new Date(ctx.now()).toISOString();
  const stored = await create(ctx, tx, { ...pointer, date }, { id });
  return { stored, superseded: replaced.map((row) => row.id) };
};
