import type { Ctx } from '../pattern.ts';
import { NOT_FOUND, problem } from '../problem.ts';
import type { Reader, SqlValue } from '../sql/port.ts';
import { ANSWER_MAX } from './answer-size.ts';
import type { Span } from './instant.ts';
import type { Method } from './repository.ts';
import { spaceOfType, typeOfSpace } from './space-of-type.ts';
import type { StoredVersion } from './stored.ts';

/** One version in a history; `method` says how it came about. */
export interface HistoryVersion extends StoredVersion {
  readonly seq: number;
  readonly method: Method;
}

/** Which versions: of a resource, of a type, or of the whole store. */
export type Scope = { readonly type?: undefined } | { readonly type: string; readonly id?: string };

export interface HistoryQuery {
  readonly limit: number;
  /** Only rows before this place; where a page begins. */
  readonly before?: number;
  /** Made at or after this time, in milliseconds. */
  readonly since?: number;
  /** Current at some time in this span. */
  readonly at?: Span;
}

interface HistoryRow {
  readonly seq: number;
  readonly space: number;
  readonly id: string;
  readonly version: number;
  readonly updated: number;
  readonly method: Method;
  readonly body: string | null;
}

/** Whether there is anything under this id; one that never was has no history (404). */
const requireKnown = async (ctx: Ctx, reader: Reader, type: string, id: string): Promise<void> => {
  const space = spaceOfType(ctx.store, type);
  const rows = await reader.query('select version from fhir_history where space = $1 and id = $2 limit 1', [space, id]);
  if (rows.length === 0) throw problem(NOT_FOUND, `There is no ${type} with the id '${id}'`);
};

/** So many versions are read at once. */
const SLICE = 64;

/**
 * Versions, newest first, at most `limit`; fewer where these are already more than one answer can hold (answer-size.ts).
 * FHIR R4 http.html#history
 */
export const history = async (
  ctx: Ctx,
  reader: Reader,
  scope: Scope,
  query: HistoryQuery,
): Promise<HistoryVersion[]> => {
  const params: SqlValue[] = [];
  const bind = (value: SqlValue): string => `$${params.push(value)}`;
  const where: string[] = [];
  if (scope.type === undefined) where.push(`store = ${bind(ctx.store)}`);
  else where.push(`space = ${bind(spaceOfType(ctx.store, scope.type))}`);
  if (scope.type !== undefined && scope.id !== undefined) {
    await requireKnown(ctx, reader, scope.type, scope.id);
    where.push(`id = ${bind(scope.id)}`);
  }
  where.push(`seq < ${bind(query.before ?? Number.MAX_SAFE_INTEGER)}`);
  const before = params.length - 1;
  if (query.since !== undefined) where.push(`updated >= ${bind(query.since)}`);
  if (query.at !== undefined) {
    where.push(`updated < ${bind(query.at.below)}`);
    where.push(`not exists (select 1 from fhir_history n where n.space = fhir_history.space and n.id = fhir_history.id
      and n.version = fhir_history.version + 1 and n.updated <= ${bind(query.at.from)})`);
  }
  const text = `select seq, space, id, version, updated, method, body from fhir_history
     where ${where.join(' and ')} order by seq desc limit ${bind(SLICE)}`;
  const found: HistoryVersion[] = [];
  let size = 0;
  while (found.length < query.limit && size <= ANSWER_MAX) {
    const wanted = Math.min(SLICE, query.limit - found.length);
    params[params.length - 1] = wanted;
    const rows = await reader.query<HistoryRow>(text, params);
    for (const { space, body, ...row } of rows) {
      found.push({ ...row, type: typeOfSpace(space), body: body ?? '' });
      size += body?.length ?? 0;
    }
    if (rows.length < wanted) break;
    params[before] = rows.at(-1)?.seq ?? 0;
  }
  return found;
};
