import type { Ctx } from '../../pattern.ts';
import { BAD_REQUEST, ProblemError, problem, UNPROCESSABLE } from '../../problem.ts';
import type { Tx } from '../../sql/port.ts';
import { conditionOf, criteriaOf, theMatch } from '../conditional.ts';
import type { StoredRow } from '../stored.ts';
import { inEntry, namesOf, placeOfEntry } from './entry.ts';
import { relinked } from './links.ts';
import { type PlannedEntry, relinkBy } from './plan.ts';

/** An entry of which it is known what it means in the store. */
export interface ResolvedEntry extends PlannedEntry {
  /** What a condition found; absent where the entry has none, or nothing was found. */
  readonly match?: StoredRow;
  /** The id that is written under; absent for what writes nothing. */
  readonly id?: string;
}

/** Runs a step of one entry; what it throws names the entry. */
export const forEntry = async <T>(index: number, step: () => Promise<T> | T): Promise<T> => {
  try {
    return await step();
  } catch (error) {
    throw error instanceof ProblemError ? inEntry(index, error) : error;
  }
};

const resolveOne = async (ctx: Ctx, tx: Tx, entry: PlannedEntry, made: Map<string, string>): Promise<ResolvedEntry> => {
  const { verb, route, headers, document, newId } = entry;
  const { type = '', id } = route.params;
  const condition = headers['if-none-exist'];
  if (verb === 'POST' && condition !== undefined) {
    const criteria = conditionOf(type, condition);
    const match = await theMatch(ctx, tx, type, criteria);
    if (match !== undefined) return { ...entry, match };
    // The same condition twice in one bundle is one resource, as it would be in two requests.
    const key = `${type}?${criteria}`;
    const same = made.get(key);
    made.set(key, same ?? newId ?? '');
    return same === undefined ? { ...entry, ...(newId === undefined ? {} : { id: newId }) } : { ...entry, id: same };
  }
  if (verb === 'POST') return newId === undefined ? entry : { ...entry, id: newId };
  if (verb === 'GET' || verb === 'HEAD' || id !== undefined) return id === undefined ? entry : { ...entry, id };
  const match = await theMatch(ctx, tx, type, criteriaOf(route.query, 'criteria'));
  if (match !== undefined) return { ...entry, match, id: match.id };
  return verb === 'PUT' ? { ...entry, id: document?.id ?? ctx.uuid() } : entry;
};

const writes = (entry: ResolvedEntry): boolean =>
  entry.verb !== 'GET' && entry.verb !== 'HEAD' && entry.id !== undefined;

/** FHIR R4 http.html#trules: no resource may be the object of two changes. */
const refuseOverlaps = (entries: readonly ResolvedEntry[]): void => {
  const first = new Map<string, number>();
  for (const entry of entries) {
    if (!writes(entry)) continue;
    const name = `${entry.route.params.type}/${entry.id}`;
    const other = first.get(name);
    first.set(name, other ?? entry.index);
    // A condition that two creates share makes one resource, not two changes of it.
    if (other === undefined || (entry.verb === 'POST' && entry.id !== entry.newId)) continue;
    throw problem(
      BAD_REQUEST,
      `${name} is changed by this entry and by ${placeOfEntry(other)}; a transaction may change it once`,
      {
        at: placeOfEntry(entry.index),
      },
    );
  }
};

/** Evaluates every condition against what was stored before the transaction, and links what is known now. */
export const resolveEntries = async (
  ctx: Ctx,
  tx: Tx,
  planned: readonly PlannedEntry[],
): Promise<readonly ResolvedEntry[]> => {
  const made = new Map<string, string>();
  const links = new Map<string, string>();
  const resolved: ResolvedEntry[] = [];
  for (const entry of planned) {
    const found = await forEntry(entry.index, () => resolveOne(ctx, tx, entry, made));
    const target = found.match?.id ?? found.id;
    if (target !== undefined)
      for (const name of namesOf(entry)) links.set(name, `${entry.route.params.type}/${target}`);
    resolved.push(found);
  }
  refuseOverlaps(resolved);
  return resolved.map((entry) =>
    entry.late === true && entry.document !== undefined
      ? { ...entry, document: relinked(entry.document, relinkBy(links, entry)) }
      : entry,
  );
};

/** A document with its conditional references replaced by what they find now (FHIR R4 http.html#trules). */
export const resolveReferences = async (
  ctx: Ctx,
  tx: Tx,
  entry: ResolvedEntry,
  found: Map<string, string>,
): Promise<ResolvedEntry> => {
  if (entry.conditional.size === 0 || entry.document === undefined) return entry;
  for (const reference of entry.conditional) {
    if (found.has(reference)) continue;
    const [type = '', query = ''] = reference.split(/\?(.*)/s);
    const at = { at: `${placeOfEntry(entry.index)}.resource` };
    const match = await theMatch(ctx, tx, type, criteriaOf(query, at.at));
    if (match === undefined)
      throw problem(UNPROCESSABLE, `The reference '${reference.slice(0, 200)}' matches nothing`, at);
    found.set(reference, `${type}/${match.id}`);
  }
  return { ...entry, document: relinked(entry.document, relinkBy(found)) };
};
