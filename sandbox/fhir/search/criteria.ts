import { INVALID_PARAMETER, type ProblemError, problem } from '../../problem.ts';
import { typeIndex } from '../definitions/types.ts';
import { bothScan, compositeParts } from './composite.ts';
import { type Condition, chainScan, hasScan, idScan, indexScan, type Scan } from './condition.ts';
import { splitUnescaped, unescapeValue } from './escape.ts';
import { type SearchParameter, searchParameters } from './parameters.ts';
import { dateScan, quantityScan } from './range-scans.ts';
import { logicalReferenceScan, referenceScans, stringScan, tokenScan, uriScan } from './value-scans.ts';

export interface CriteriaOptions {
  /** The URLs of the FHIR endpoint, under which absolute references are this server's own; its own name first. */
  readonly bases?: readonly string[];
  /** The sandbox's time (ms), by which `ap` measures. */
  readonly now?: number;
}

/** Values of one parameter joined by commas: as many references or ids as a URL holds, fewer of what is looked up one by one. */
const VALUES_MAX = 100;
const LISTED_MAX = 1000;
const CHAIN_MAX = 4;

const refused = (at: string, detail: string): ProblemError => problem(INVALID_PARAMETER, detail, { at });

const TABLES = {
  string: 'search_string',
  token: 'search_token',
  date: 'search_date',
  reference: 'search_reference',
  number: 'search_quantity',
  quantity: 'search_quantity',
  uri: 'search_token',
} as const;

const missing = (parameter: SearchParameter, value: string, at: string): Condition => {
  if (value !== 'true' && value !== 'false') throw refused(at, `${at} must be true or false`);
  const scan = indexScan(TABLES[parameter.type], parameter.param, false, () => '1 = 1');
  return { scans: [scan], negated: value === 'true' };
};

const MODIFIERS: Readonly<Record<SearchParameter['type'], readonly string[]>> = {
  string: ['exact', 'contains'],
  token: ['not'],
  date: [],
  reference: ['identifier'],
  number: [],
  quantity: [],
  uri: ['above', 'below'],
};

const scansOf = (
  parameter: SearchParameter,
  modifier: string | undefined,
  value: string,
  at: string,
  options: CriteriaOptions,
): readonly Scan[] => {
  const { type } = parameter;
  if (type === 'token') return [tokenScan(parameter.param, value, at)];
  if (type === 'date') return [dateScan(parameter, value, at, options.now)];
  if (type === 'number' || type === 'quantity') return [quantityScan(parameter, value, at)];
  if (type === 'uri')
    return [uriScan(parameter, value, modifier === 'above' || modifier === 'below' ? modifier : undefined)];
  if (type === 'string') {
    return [stringScan(parameter, value, modifier === 'exact' || modifier === 'contains' ? modifier : undefined, at)];
  }
  return [logicalReferenceScan(parameter, value, at)];
};

const plain = (
  parameter: SearchParameter,
  modifier: string | undefined,
  value: string,
  at: string,
  options: CriteriaOptions,
): Condition => {
  const values = splitUnescaped(value, ',').filter((each) => each !== '');
  if (values.length === 0) throw refused(at, `${at} has no value`);
  const listed = parameter.code === '_id' || (parameter.type === 'reference' && modifier !== 'identifier');
  const most = listed ? LISTED_MAX : VALUES_MAX;
  if (values.length > most)
    throw refused(at, `${at} has ${values.length} values; ${most} are the most, so ask in several searches`);
  if (parameter.code === '_id') {
    if (modifier !== undefined && modifier !== 'not') throw refused(at, `_id does not take the modifier :${modifier}`);
    return { scans: [idScan(values.map(unescapeValue))], negated: modifier === 'not' };
  }
  if (modifier === 'missing') return missing(parameter, value, at);
  const isType = parameter.type === 'reference' && modifier !== undefined && typeIndex(modifier) !== undefined;
  if (modifier !== undefined && !isType && !MODIFIERS[parameter.type].includes(modifier)) {
    const served = ['missing', ...MODIFIERS[parameter.type]].map((each) => `:${each}`).join(', ');
    throw refused(at, `${parameter.code} does not take the modifier :${modifier} here; it takes ${served}`);
  }
  if (parameter.type === 'reference' && modifier !== 'identifier') {
    const type = modifier === undefined ? {} : { type: modifier };
    return { scans: referenceScans(parameter, values, { ...type, bases: options.bases, at }), negated: false };
  }
  const scans = values.flatMap((each) => scansOf(parameter, modifier, each, at, options));
  return { scans, negated: modifier === 'not' };
};

const chained = (
  parameter: SearchParameter,
  type: string | undefined,
  rest: string,
  value: string,
  at: string,
  options: CriteriaOptions,
  depth: number,
): Condition => {
  if (parameter.type !== 'reference')
    throw refused(at, `${parameter.code} is no reference: nothing can be chained to it`);
  if (depth > CHAIN_MAX) throw refused(at, `${at} chains more than ${CHAIN_MAX} parameters`);
  if (type !== undefined && typeIndex(type) === undefined) throw refused(at, `${type} is no resource type`);
  const types = type === undefined ? parameter.targets : [type];
  if (types === undefined) {
    throw refused(at, `${parameter.code} may refer to any type: name one, as in ${parameter.code}:Patient.${rest}`);
  }
  const scans = types.flatMap((each) => {
    const condition = readCriterion(each, rest, value, options, at, depth + 1);
    return condition === undefined ? [] : [chainScan(parameter.param, each, condition)];
  });
  if (scans.length === 0) throw refused(at, `${rest} is no search parameter of ${types.join(', ')}`);
  return { scans, negated: false };
};

const reverse = (
  type: string,
  name: string,
  value: string,
  at: string,
  options: CriteriaOptions,
  depth: number,
): Condition => {
  const [from = '', code = '', ...rest] = name.slice('_has:'.length).split(':');
  if (depth > CHAIN_MAX) throw refused(at, `${at} chains more than ${CHAIN_MAX} parameters`);
  if (rest.length === 0 || typeIndex(from) === undefined) {
    throw refused(at, `${at} must be _has:Type:reference:parameter, as in _has:Observation:patient:code`);
  }
  const parameter = searchParameters(from).get(code);
  if (parameter?.type !== 'reference') throw refused(at, `${code} is no reference parameter of ${from}`);
  const condition = readCriterion(from, rest.join(':'), value, options, at, depth + 1);
  if (condition === undefined) throw refused(at, `${rest.join(':')} is no search parameter of ${from}`);
  return { scans: [hasScan(type, from, parameter.param, condition)], negated: false };
};

const composite = (
  type: string,
  parts: readonly string[],
  value: string,
  at: string,
  options: CriteriaOptions,
): Condition => {
  const scans = splitUnescaped(value, ',').map((each) => {
    const values = splitUnescaped(each, '$');
    if (values.length !== parts.length || values.includes('')) {
      throw refused(at, `${at} takes ${parts.length} values joined by $: ${parts.join('$')}`);
    }
    const conditions = parts.flatMap(
      (part, index) => readCriterion(type, part, values[index] ?? '', options, at) ?? [],
    );
    return bothScan(type, conditions);
  });
  return { scans, negated: false };
};

/**
 * One parameter of a search as a condition; undefined when the type has no such parameter. Throws INVALID_PARAMETER for a
 * modifier, chain or value that cannot be served, naming it.
 */
export const readCriterion = (
  type: string,
  name: string,
  value: string,
  options: CriteriaOptions,
  at = name,
  depth = 0,
): Condition | undefined => {
  if (name.startsWith('_has:')) return reverse(type, name, value, at, options, depth);
  const dot = name.indexOf('.');
  const [code = '', modifier] = (dot === -1 ? name : name.slice(0, dot)).split(':');
  const parameter = searchParameters(type).get(code);
  if (parameter === undefined) {
    const parts = name === code ? compositeParts(type, code) : undefined;
    return parts === undefined ? undefined : composite(type, parts, value, at, options);
  }
  if (dot !== -1) return chained(parameter, modifier, name.slice(dot + 1), value, at, options, depth);
  return plain(parameter, modifier, value, at, options);
};
