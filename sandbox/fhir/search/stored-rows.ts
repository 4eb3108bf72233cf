import { spaceOf } from '../../space.ts';
import type { Reader, SqlValue } from '../../sql/port.ts';
import { ANSWER_MAX } from '../answer-size.ts';
import { typeIndex } from '../definitions/types.ts';
import type { StoredResource } from '../stored.ts';

const CHUNK = 64;

/** `Type/id`. */
export const keyOf = ({ type, id }: { readonly type: string; readonly id: string }): string => `${type}/${id}`;

type Row = Omit<StoredResource, 'type' | 'space'>;

/** Lists are filled up to a power of two with their last value, so that there are few statements to prepare. */
const filled = <T>(values: readonly T[]): readonly T[] => {
  const last = values.at(-1);
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, values.length)));
  return last === undefined ? values : [...values, ...Array<T>(size - values.length).fill(last)];
};

/** Stops where there is more than one answer can hold. */
const readRows = async (
  reader: Reader,
  space: number,
  type: string,
  column: 'rk' | 'id',
  values: readonly SqlValue[],
): Promise<StoredResource[]> => {
  const found: StoredResource[] = [];
  let size = 0;
  for (let start = 0; start < values.length && size <= ANSWER_MAX; start += CHUNK) {
    const part = filled(values.slice(start, start + CHUNK));
    const list = part.map((_, index) => `$${index + 2}`).join(', ');
    const rows = await reader.query<Row>(
      `select rk, id, version, updated, body from fhir_resource where space = $1 and ${column} in (${list}) and deleted = 0`,
      [space, ...part],
    );
    for (const { rk, id, version, updated, body } of rows) {
      found.push({ type, id, version, updated, body, space, rk });
      size += body.length;
    }
  }
  return found;
};

/** The resources with these keys, in the order of the keys: of very large ones perhaps only the first. */
export const readByKeys = async (
  reader: Reader,
  store: number,
  type: string,
  keys: readonly number[],
): Promise<StoredResource[]> => {
  const rows = await readRows(reader, spaceOf(store, typeIndex(type) ?? -1), type, 'rk', keys);
  const byKey = new Map(rows.map((row) => [row.rk, row]));
  return keys.flatMap((key) => byKey.get(key) ?? []);
};

/** The resources that `Type/id` references name, of very large ones perhaps only the first; what is not in the store is left out. */
export const readByIds = async (
  reader: Reader,
  store: number,
  references: readonly string[],
): Promise<StoredResource[]> => {
  const byType = new Map<string, string[]>();
  for (const reference of new Set(references)) {
    const [type = '', id = '', ...rest] = reference.split('/');
    if (typeIndex(type) === undefined || id === '' || rest.length > 0) continue;
    byType.set(type, [...(byType.get(type) ?? []), id]);
  }
  const found: StoredResource[] = [];
  for (const [type, ids] of byType) {
    found.push(...(await readRows(reader, spaceOf(store, typeIndex(type) ?? -1), type, 'id', ids)));
  }
  return found;
};
