import type { Ctx } from '../pattern.ts';
import { NOT_FOUND, problem } from '../problem.ts';
import type { Reader, SqlValue } from '../sql/port.ts';
import { ANSWER_MAX } from './answer-size.ts';
import type { Span } from './instant.ts';
import { spaceOfType, typeOfSpace } from './space-of-type.ts';
import type { StoredVersion } from './stored.ts';
import { spacesInUse } from './tables.ts';
import type { Method } from './versions.ts';

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
  readonly id: string;
  readonly version: number;
  readonly updated: number;
  readonly method: Method;
  readonly body: string | null;
}

/** Whether there is anything under this id; one that never was has no history (404). */
const requireKnown = async (ctx: Ctx, reader: Reader, type: string, id: string): Promise<void> => {
  const space = spaceOfType(ctx.store, type);
  const rows = await reader.query('select version from fhir_resource where space = $1 and id = $2', [space, id]);
  if (rows.length === 0) throw problem(NOT_FOUND, `There is no ${type} with the id '${id}'`);
};

/** So many versions are read at once. */
const SLICE = 64;

/** Selects versions of one space: of the current ones, and of those before. */
const selectsOf = (
  bind: (value: SqlValue) => string,
  space: number,
  id: string | undefined,
  query: Omit<HistoryQuery, 'limit'>,
) => {
  const tests = [`v.seq < ${bind(query.before ?? Number.MAX_SAFE_INTEGER)}`, `v.space = ${bind(space)}`];
  if (id !== undefined) tests.push(`v.id = ${bind(id)}`);
  if (query.since !== undefined) tests.push(`v.updated >= ${bind(query.since)}`);
  if (query.at !== undefined) tests.push(`v.updated < ${bind(query.at.below)}`);
  // A version ends where the next one begins; the current one has not ended.
  const end = query.at === undefined ? '' : bind(query.at.from);
  const endedBy = (table: string): string =>
    `not exists (select 1 from ${table} n where n.space = v.space and n.id = v.id and n.version = v.version + 1
       and n.updated <= ${end})`;
  const lasting = end === '' ? '' : ` and ${endedBy('fhir_history')} and ${endedBy('fhir_resource')}`;
  const where = tests.join(' and ');
  return (columns: string, behind = '') => ({
    current: `select ${columns} from fhir_resource v where ${where}${behind}`,
    past: `select ${columns} from fhir_history v where ${where}${lasting}${behind}`,
  });
};

/** Newest first. */
const selectVersions = (space: number, id: string | undefined, query: HistoryQuery): [string, SqlValue[]] => {
  const params: SqlValue[] = [];
  const bind = (value: SqlValue): string => `$${params.push(value)}`;
  const from = selectsOf(bind, space, id, query);
  const limit = bind(query.limit);
  const { current, past } = from(
    'v.seq, v.id, v.version, v.updated, v.method, v.body',
    ` order by v.seq desc limit ${limit}`,
  );
  const text = `select * from (${current}) c union all select * from (${past}) p order by seq desc limit ${limit}`;
  return [text, params];
};

/** The next versions of several spaces, newest first; the space is read one after the other, whatever they hold. */
const nextVersions = async (
  reader: Reader,
  spaces: readonly number[],
  id: string | undefined,
  query: HistoryQuery,
): Promise<HistoryVersion[]> => {
  let newest: HistoryVersion[] = [];
  for (const space of spaces) {
    const rows = await reader.query<HistoryRow>(...selectVersions(space, id, query));
    const type = typeOfSpace(space);
    const found = rows.map(({ body, ...row }) => ({ ...row, type, body: body ?? '' }));
    newest = [...newest, ...found].sort((a, b) => b.seq - a.seq).slice(0, query.limit);
  }
  return newest;
};

const placesOf = async (ctx: Ctx, reader: Reader, scope: Scope) => {
  if (scope.type === undefined) return { id: undefined, spaces: await spacesInUse(reader, ctx.store) };
  const { type, id } = scope;
  const spaces = [spaceOfType(ctx.store, type)];
  if (id !== undefined) await requireKnown(ctx, reader, type, id);
  return { id, spaces };
};

/** How many there are, on however many pages. */
export const countVersions = async (
  ctx: Ctx,
  reader: Reader,
  scope: Scope,
  query: Omit<HistoryQuery, 'limit' | 'before'>,
): Promise<number> => {
  const { id, spaces } = await placesOf(ctx, reader, scope);
  let count = 0;
  for (const space of spaces) {
    const params: SqlValue[] = [];
    const { current, past } = selectsOf((value) => `$${params.push(value)}`, space, id, query)('count(*) as n');
    const rows = await reader.query<{ n: number }>(`${current} union all ${past}`, params);
    for (const { n } of rows) count += n;
  }
  return count;
};

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
  const { id, spaces } = await placesOf(ctx, reader, scope);
  const found: HistoryVersion[] = [];
  let size = 0;
  while (found.length < query.limit && size <= ANSWER_MAX) {
    const limit = Math.min(SLICE, query.limit - found.length);
    const before = found.at(-1)?.seq ?? query.before;
    const page = await nextVersions(reader, spaces, id, {
      ...query,
      limit,
      ...(before === undefined ? {} : { before }),
    });
    found.push(...page);
    for (const { body } of page) size += body.length;
    if (page.length < limit) break;
  }
  return found;
};
