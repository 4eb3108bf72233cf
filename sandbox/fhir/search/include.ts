import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { spaceOf } from '../../space.ts';
import type { Reader } from '../../sql/port.ts';
import { ANSWER_MAX } from '../answer-size.ts';
import { typeIndex } from '../definitions/types.ts';
import type { StoredResource } from '../stored.ts';
import { searchParameters } from './parameters.ts';
import { keyOf, readByIds, readByKeys } from './stored-rows.ts';

/** `_include=Observation:subject:Patient`; `_revinclude` the other way (search.html#include). */
export interface Include {
  readonly reverse: boolean;
  readonly source: string;
  /** Numbers of the reference parameters that are followed: one, or for `*` all. */
  readonly params: readonly number[];
  readonly target?: string;
  readonly iterate: boolean;
}

/** So many resources come along with a page at most. */
export const INCLUDED_MAX = 1000;
const ROUNDS_MAX = 8;

/** Of a search of one type; `_include=*` is all that its matches refer to (search.html#include). */
export const readInclude = (name: string, given: string, type: string): Include => {
  const value = given === '*' && name.startsWith('_include') ? `${type}:*` : given;
  const refused = (detail: string) => problem(INVALID_PARAMETER, `${name}: ${detail}`, { at: name });
  const [base = '', modifier] = name.split(':');
  if (modifier !== undefined && modifier !== 'iterate') throw refused(`the modifier :${modifier} is not served`);
  const [source = '', code = '', target, ...rest] = value.split(':');
  if (typeIndex(source) === undefined || code === '' || rest.length > 0) {
    throw refused('must be Type:parameter, Type:parameter:TargetType or Type:*');
  }
  if (target !== undefined && typeIndex(target) === undefined) throw refused(`${target} is no resource type`);
  const all = [...searchParameters(source).values()].filter((parameter) => parameter.type === 'reference');
  const followed = code === '*' ? all : all.filter((parameter) => parameter.code === code);
  if (followed.length === 0 && code !== '*') throw refused(`${code} is no reference parameter of ${source}`);
  const params = followed.map(({ param }) => param);
  return {
    reverse: base === '_revinclude',
    source,
    params,
    iterate: modifier === 'iterate',
    ...(target === undefined ? {} : { target }),
  };
};

/** What searches of several types bring along together: an include that names its type is read with each of them. */
export const includesOf = (searches: readonly { readonly includes: readonly Include[] }[]): readonly Include[] => {
  const [first, ...others] = new Set(searches.map(({ includes }) => includes));
  if (others.length === 0) return first ?? [];
  const all = searches.flatMap(({ includes }) => includes);
  return [...new Map(all.map((include) => [JSON.stringify(include), include])).values()];
};

const chunk = 64;
const placeholders = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `$${from + index}`).join(', ');

const chunksOf = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / chunk) }, (_, index) =>
    items.slice(index * chunk, (index + 1) * chunk),
  );

/** What resources refer to, as `Type/id`. */
const targetsOf = async (
  reader: Reader,
  from: readonly StoredResource[],
  include: Include,
): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const part of chunksOf(from.filter(({ type }) => type === include.source))) {
    const rows = await reader.query<{ target: string }>(
      `select target from search_reference where space = $1 and rk in (${placeholders(2, part.length)})
       and param in (${placeholders(2 + part.length, include.params.length)})`,
      [part[0]?.space ?? -1, ...part.map(({ rk }) => rk), ...include.params],
    );
    found.push(...rows.map(({ target }) => target));
  }
  return include.target === undefined ? found : found.filter((each) => each.startsWith(`${include.target}/`));
};

/** Keys of the resources of the include's source type that refer to these. */
const referringTo = async (
  reader: Reader,
  store: number,
  to: readonly StoredResource[],
  include: Include,
  room: number,
): Promise<readonly number[]> => {
  const space = spaceOf(store, typeIndex(include.source) ?? -1);
  const wanted = include.target === undefined ? to : to.filter(({ type }) => type === include.target);
  const found: number[] = [];
  for (const part of chunksOf(wanted)) {
    const rows = await reader.query<{ rk: number }>(
      `select distinct rk from search_reference where space = $1
       and param in (${placeholders(2, include.params.length)})
       and target in (${placeholders(2 + include.params.length, part.length)}) order by rk limit ${room}`,
      [space, ...include.params, ...part.map(keyOf)],
    );
    found.push(...rows.map(({ rk }) => rk));
  }
  return found;
};

/** What comes along with the matches, each once, none that is a match itself; `:iterate` goes on from what came. */
export const readIncluded = async (
  reader: Reader,
  store: number,
  matches: readonly StoredResource[],
  includes: readonly Include[],
): Promise<StoredResource[]> => {
  const seen = new Set(matches.map(keyOf));
  const included: StoredResource[] = [];
  let room = ANSWER_MAX;
  const take = (resources: readonly StoredResource[]): StoredResource[] => {
    const fresh = resources
      .filter((each) => !seen.has(keyOf(each)))
      .slice(0, INCLUDED_MAX - included.length)
      .filter(({ body }) => {
        room -= body.length;
        return room >= 0;
      });
    for (const each of fresh) seen.add(keyOf(each));
    included.push(...fresh);
    return fresh;
  };
  let from: readonly StoredResource[] = matches;
  for (let round = 0; round < ROUNDS_MAX && from.length > 0 && included.length < INCLUDED_MAX; round += 1) {
    const next: StoredResource[] = [];
    for (const include of includes) {
      if ((round > 0 && !include.iterate) || include.params.length === 0) continue;
      if (include.reverse) {
        const keys = await referringTo(reader, store, from, include, INCLUDED_MAX);
        next.push(...take(await readByKeys(reader, store, include.source, keys)));
      } else {
        next.push(...take(await readByIds(reader, store, await targetsOf(reader, from, include))));
      }
    }
    from = next;
  }
  return included;
};
