import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { momentRange } from '../definitions/moment-range.ts';
import { indexScan, type Scan } from './condition.ts';
import { splitUnescaped, unescapeValue } from './escape.ts';
import { clip } from './normalise.ts';
import type { SearchParameter } from './parameters.ts';
import type { SqlText } from './sql-text.ts';

const PREFIXES = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
type Prefix = (typeof PREFIXES)[number];

const prefixed = (value: string): readonly [Prefix, string] => {
  const prefix = PREFIXES.find((each) => value.startsWith(each));
  return prefix === undefined ? ['eq', value] : [prefix, value.slice(2)];
};

/**
 * How a date, from `lo` to `hi` (exclusive), compares with the searched one (search.html#prefix). Where the definition is
 * an alternative, a bound that both sides imply stands before it, for the index to use.
 */
const dateTest = (
  prefix: Prefix,
  sql: SqlText,
  [lo, hi]: readonly [lo: string, hi: string],
  from: number,
  to: number,
  slack: number,
): string => {
  const at = (time: number): string => sql.bind(time);
  const tests: Readonly<Record<Prefix, () => string>> = {
    eq: () => `${lo} >= ${at(from)} and ${lo} < ${at(to)} and ${hi} <= ${at(to)}`,
    ne: () => `(${lo} < ${at(from)} or ${hi} > ${at(to)})`,
    gt: () => `${hi} > ${at(to)}`,
    lt: () => `${lo} < ${at(from)}`,
    ge: () => `${hi} > ${at(from)} and (${lo} >= ${at(from)} or ${hi} > ${at(to)})`,
    le: () => `${lo} < ${at(to)} and (${hi} <= ${at(to)} or ${lo} < ${at(from)})`,
    sa: () => `${lo} >= ${at(to)}`,
    eb: () => `${hi} <= ${at(from)}`,
    ap: () => `${hi} > ${at(from - slack)} and ${lo} < ${at(to + slack)}`,
  };
  return tests[prefix]();
};

/** `now` (ms) gives `ap` its measure: a tenth of the distance from it. */
export const dateScan = (parameter: SearchParameter, value: string, at: string, now: number | undefined): Scan => {
  const [prefix, text] = prefixed(unescapeValue(value));
  // `+` in a query string is a space: a zone of +01:00 arrives as one.
  const range = momentRange(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (range === undefined) {
    throw problem(INVALID_PARAMETER, `${at} must be a date, such as 2026-03, 2026-03-29 or 2026-03-29T10:00:00Z`, {
      at,
    });
  }
  const slack = Math.round(now === undefined ? 0 : Math.abs(now - range.lo) / 10);
  const test = (sql: SqlText, columns: readonly [string, string]): string =>
    dateTest(prefix, sql, columns, range.lo, range.hi, slack);
  // For the test of one resource `hi` is hidden from the index that begins with it: SQLite would walk that instead.
  const one = indexScan('search_date', parameter.param, false, (sql, row) =>
    test(sql, [`${row}.lo`, `(${row}.hi + 0)`]),
  );
  const all = indexScan('search_date', parameter.param, false, (sql, row) => test(sql, [`${row}.lo`, `${row}.hi`]));
  return { ...one, drive: all.match };
};

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

interface Approximate {
  readonly value: number;
  /** Half of one in the last digit that was written: `100` stands for 99.5 to 100.5 (search.html#number). */
  readonly half: number;
}

/** A sum or difference of numbers of decimal digits, as decimal digits: 5.4 - 0.05 is 5.35 and not 5.3500000000000005. */
const inDecimal = (sum: number): number => Number(sum.toPrecision(15));

const readNumber = (text: string): Approximate | undefined => {
  const match = NUMBER.exec(text.trim());
  if (match === null) return undefined;
  const value = Number(text);
  const half = 0.5 * 10 ** (Number(match[4] ?? 0) - (match[3]?.length ?? 0));
  return Number.isFinite(value) ? { value, half } : undefined;
};

const numberTest = (prefix: Prefix, sql: SqlText, row: string, { value, half }: Approximate): string => {
  const contained = (): string => {
    // With more digits than a number has it stands for itself alone, and is not to fall out of its own bounds.
    const [least, most] = [Math.min(value, inDecimal(value - half)), Math.max(value, inDecimal(value + half))];
    const [bottom, top] = [sql.bind(least), sql.bind(most)];
    const under = most > value ? '<' : '<=';
    return `${row}.lo >= ${bottom} and ${row}.lo ${under} ${top} and ${row}.hi ${under} ${top}`;
  };
  const tests: Readonly<Record<Prefix, () => string>> = {
    eq: contained,
    ne: () => `not (${contained()})`,
    gt: () => `${row}.hi > ${sql.bind(value)}`,
    lt: () => `${row}.lo < ${sql.bind(value)}`,
    ge: () => `${row}.hi >= ${sql.bind(value)}`,
    le: () => `${row}.lo <= ${sql.bind(value)}`,
    sa: () => `${row}.lo > ${sql.bind(value)}`,
    eb: () => `${row}.hi < ${sql.bind(value)}`,
    ap: () => {
      const slack = Math.max(Math.abs(value) / 10, half);
      return `${row}.hi >= ${sql.bind(inDecimal(value - slack))} and ${row}.lo <= ${sql.bind(inDecimal(value + slack))}`;
    },
  };
  return tests[prefix]();
};

/** `[prefix][number]`, and for a quantity `|system|code` after it (search.html#quantity); units are not converted. */
export const quantityScan = (parameter: SearchParameter, value: string, at: string): Scan => {
  const [first = '', system = '', code = '', ...rest] = splitUnescaped(value, '|').map(unescapeValue);
  const [prefix, text] = prefixed(first);
  const number = readNumber(text);
  if (number === undefined || rest.length > 0 || (parameter.type === 'number' && value.includes('|'))) {
    const form = parameter.type === 'number' ? 'a number' : 'a number, or number|system|code';
    throw problem(INVALID_PARAMETER, `${at} must be ${form}`, { at });
  }
  return indexScan('search_quantity', parameter.param, false, (sql, row) => {
    const tests = [numberTest(prefix, sql, row, number)];
    if (system !== '') tests.push(`${row}.system = ${sql.bind(clip(system))}`);
    if (code !== '') {
      const bound = sql.bind(clip(code));
      tests.push(system === '' ? `(${row}.code = ${bound} or ${row}.unit = ${bound})` : `${row}.code = ${bound}`);
    }
    return tests.join(' and ');
  });
};
