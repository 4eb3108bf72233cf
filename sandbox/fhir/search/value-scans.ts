import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { resourceTypes, typeIndex } from '../definitions/types.ts';
import { indexScan, type Scan } from './condition.ts';
import { splitUnescaped, unescapeValue } from './escape.ts';
import { IDENTIFIER_OF } from './index-values.ts';
import { afterPrefix, clip, normaliseReference, normaliseString, normaliseToken } from './normalise.ts';
import type { SearchParameter } from './parameters.ts';

/** `code`, `system|code`, `|code` (no system) or `system|` (any code of it): search.html#token. */
export const tokenScan = (param: number, value: string, at: string): Scan => {
  const parts = splitUnescaped(value, '|').map(unescapeValue);
  if (parts.length > 2) throw problem(INVALID_PARAMETER, `${at} must be code or system|code`, { at });
  const [first = '', second] = parts;
  const code = normaliseToken(second ?? first);
  if (code === '' && first === '') throw problem(INVALID_PARAMETER, `${at} has no value`, { at });
  const system = clip(first);
  return indexScan('search_token', param, code !== '', (sql, row) => {
    if (code === '') return `${row}.system = ${sql.bind(system)}`;
    const same = `${row}.code = ${sql.bind(code)}`;
    return second === undefined ? same : `${same} and ${row}.system = ${sql.bind(system)}`;
  });
};

/** A beginning, without case and accents; `:exact` the whole, as it is; `:contains` any part (search.html#string). */
export const stringScan = (
  { param }: SearchParameter,
  value: string,
  modifier: 'exact' | 'contains' | undefined,
  at: string,
): Scan => {
  const text = unescapeValue(value);
  const norm = normaliseString(text);
  if (norm === '') throw problem(INVALID_PARAMETER, `${at} has no value`, { at });
  return indexScan('search_string', param, modifier === 'exact', (sql, row) => {
    if (modifier === 'exact') return `${row}.norm = ${sql.bind(norm)} and ${row}.exact = ${sql.bind(clip(text))}`;
    // The common subset has no LIKE and no function that finds a text within another.
    if (modifier === 'contains') return `replace(${row}.norm, ${sql.bind(norm)}, '') <> ${row}.norm`;
    return `${row}.norm >= ${sql.bind(norm)} and ${row}.norm < ${sql.bind(afterPrefix(norm))}`;
  });
};

/** The whole URI; `:below` all that begin with it, `:above` all that it begins with, by path (search.html#uri). */
export const uriScan = ({ param }: SearchParameter, value: string, modifier: 'above' | 'below' | undefined): Scan => {
  const uri = clip(unescapeValue(value));
  return indexScan('search_token', param, modifier === undefined, (sql, row) => {
    if (modifier === 'below') return `${row}.code >= ${sql.bind(uri)} and ${row}.code < ${sql.bind(afterPrefix(uri))}`;
    if (modifier === undefined) return `${row}.code = ${sql.bind(uri)}`;
    const above = uri.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
    return `${row}.code in (${sql.bindAll(above.flatMap((each) => [each, `${each}/`]))})`;
  });
};

/** More possible targets than these are read as one list, not one after the other in order. */
const ORDERED_TARGETS_MAX = 8;

/** `Type/id`, `id`, or an absolute URL, as they are kept in the index (search.html#reference). */
const targetsOf = (
  { targets }: SearchParameter,
  value: string,
  { type, bases, at }: { readonly type?: string; readonly bases: readonly string[] | undefined; readonly at: string },
): readonly string[] => {
  const text = normaliseReference(unescapeValue(value), bases);
  if (text === '') throw problem(INVALID_PARAMETER, `${at} has no value`, { at });
  const bare = /^[A-Za-z0-9\-.]{1,64}$/.test(text);
  const named = /^([A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}$/.exec(text)?.[1];
  if (type !== undefined && !bare && named !== type) {
    throw problem(INVALID_PARAMETER, `${at} must be the id of a ${type}`, { at });
  }
  if (named !== undefined && typeIndex(named) === undefined) {
    throw problem(INVALID_PARAMETER, `${at}: ${named} is no resource type`, { at });
  }
  const types = type === undefined ? (targets ?? resourceTypes()) : [type];
  return bare ? types.map((each) => `${each}/${text}`) : [text];
};

/** All that refer to one of the values; many of them together are one list, so that a bulk look-up is one look-up. */
export const referenceScans = (
  parameter: SearchParameter,
  values: readonly string[],
  options: { readonly type?: string; readonly bases: readonly string[] | undefined; readonly at: string },
): readonly Scan[] => {
  const { param } = parameter;
  const all = [...new Set(values.flatMap((value) => targetsOf(parameter, value, options)))];
  if (all.length <= ORDERED_TARGETS_MAX) {
    return all.map((target) =>
      indexScan('search_reference', param, true, (sql, row) => `${row}.target = ${sql.bind(target)}`),
    );
  }
  return [indexScan('search_reference', param, false, (sql, row) => `${row}.target in (${sql.bindAll(all)})`)];
};

/** `Reference.identifier` as a token (search.html#modifieridentifier). */
export const logicalReferenceScan = ({ param }: SearchParameter, value: string, at: string): Scan =>
  tokenScan(param + IDENTIFIER_OF, value, at);
