import { parse } from 'yaml';
import type { CheckResult, RequirementResult } from './judge.ts';
import type { Conformance } from './run.ts';
import { UsageError } from './run-errors.ts';

/** A failure that somebody has said may stand for now: of a whole requirement, or of one check. */
export interface Waiver {
  readonly requirement?: string;
  readonly check?: string;
  readonly reason: string;
  /** The last day on which it holds, in UTC: `2027-03-31`. */
  readonly expires: string;
}

/** What a waived failure is shown with. */
export type Waived = Pick<Waiver, 'reason' | 'expires'>;

/** A waiver, and whether anything failed that it had to cover: one that covers nothing can go. */
export type AppliedWaiver = Waiver & { readonly covers: number };

const KEYS = new Set(['requirement', 'check', 'reason', 'expires']);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const dayOf = (value: unknown): string | undefined => {
  // YAML may read an unquoted day as a date.
  const text = value instanceof Date ? value.toISOString().slice(0, 10) : value;
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? undefined : text;
};

export const nameOf = ({ requirement, check }: Pick<Waiver, 'requirement' | 'check'>): string =>
  check ?? requirement ?? '';

type Known = Pick<Conformance, 'requirements' | 'checks'>;

const readOne = (item: unknown, place: string, known: Known, today: Date, mistakes: string[]): Waiver | undefined => {
  if (!isRecord(item)) {
    mistakes.push(`${place} is not an object`);
    return undefined;
  }
  const { requirement, check, reason } = item;
  const expires = dayOf(item.expires);
  const before = mistakes.length;
  for (const key of Object.keys(item)) if (!KEYS.has(key)) mistakes.push(`${place}.${key} is unknown`);
  if (isText(requirement) === isText(check)) mistakes.push(`${place} names either a requirement or a check`);
  if (isText(requirement) && !known.requirements.some(({ id }) => id === requirement))
    mistakes.push(`${place}.requirement: there is no requirement ${requirement} here`);
  if (isText(check) && !known.checks.some(({ id }) => id === check))
    mistakes.push(`${place}.check: there is no check ${check} here`);
  if (!isText(reason)) mistakes.push(`${place}.reason is missing: a waiver says why`);
  if (expires === undefined) mistakes.push(`${place}.expires is not a day like 2027-03-31`);
  else if (expires < today.toISOString().slice(0, 10))
    mistakes.push(
      `${place}: the waiver of ${check ?? requirement} expired on ${expires}: mend what it covers, or renew it`,
    );
  if (mistakes.length > before || !isText(reason) || expires === undefined) return undefined;
  return { ...(isText(requirement) ? { requirement } : {}), ...(isText(check) ? { check } : {}), reason, expires };
};

/**
 * Checks waivers from outside: a list of them. Throws a UsageError that lists every mistake with its place; one that has
 * expired, or names what is not there, is a mistake too: else it would silently cover nothing.
 */
export const checkWaivers = (value: unknown, known: Known, today = new Date()): readonly Waiver[] => {
  if (!Array.isArray(value)) throw new UsageError('The waivers are not a list');
  const mistakes: string[] = [];
  const found = value.flatMap((item: unknown, index) => {
    const waiver = readOne(item, `waivers[${index}]`, known, today, mistakes);
    return waiver === undefined ? [] : [waiver];
  });
  if (mistakes.length > 0) throw new UsageError(mistakes.map((mistake) => `- ${mistake}`).join('\n'));
  return found;
};

/** A file of waivers: YAML or JSON, a list under `waivers`. Throws where it has anything else: `waivres` would waive nothing. */
export const waiversIn = (text: string): unknown => {
  const document: unknown = parse(text);
  if (!isRecord(document)) return document;
  const strange = Object.keys(document).filter((key) => key !== 'waivers');
  if (strange.length > 0) throw new Error(`${strange.join(', ')}: unknown there; known is waivers`);
  return document.waivers;
};

const waive = (waivers: readonly Waiver[], requirement: string, check: CheckResult): CheckResult => {
  const waiver = waivers.find((one) => one.check === check.check || one.requirement === requirement);
  if (check.verdict !== 'fail' || waiver === undefined) return check;
  return { ...check, waived: { reason: waiver.reason, expires: waiver.expires } };
};

/** Marks what is waived. The verdict stays what it was: a failure that may stand for now, not a pass. */
export const applyWaivers = (
  results: readonly RequirementResult[],
  waivers: readonly Waiver[],
): readonly RequirementResult[] =>
  results.map((result) => {
    const checks = result.checks.map((check) => waive(waivers, result.id, check));
    const bad = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'error');
    const first = bad[0]?.waived;
    return first !== undefined && bad.every(({ waived }) => waived !== undefined)
      ? { ...result, checks, waived: first }
      : { ...result, checks };
  });

const isLookedAt = (results: readonly RequirementResult[], { requirement, check }: Waiver): boolean =>
  results.some(({ id, checks }) => checks.some((one) => id === requirement || one.check === check));

/** What each waiver covers in a report; one of what no check here looked at is another report's. */
export const coverageOf = (
  results: readonly RequirementResult[],
  waivers: readonly Waiver[],
): readonly AppliedWaiver[] =>
  waivers
    .filter((waiver) => isLookedAt(results, waiver))
    .map((waiver) => ({
      ...waiver,
      covers: results.flatMap(({ id, checks }) =>
        checks.filter(
          ({ check, waived }) => waived !== undefined && (waiver.check === check || waiver.requirement === id),
        ),
      ).length,
    }));
