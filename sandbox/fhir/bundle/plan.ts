import type { Ctx } from '../../pattern.ts';
import { BAD_REQUEST, type Fault, INVALID_RESOURCE, ProblemError, problem } from '../../problem.ts';
import { breather } from '../breather.ts';
import { faultOf, requireSameId, requireType } from '../document.ts';
import type { readPatch } from '../json-patch.ts';
import { readTestPatch } from '../real-numbers.ts';
import { requireInstance, spaceOfType } from '../space-of-type.ts';
import type { FhirResource } from '../stored.ts';
import { type Entry, inEntry, namesOf, placeOfEntry, readEntry } from './entry.ts';
import { conditionalReferences, relinked } from './links.ts';
import { jsonPatchOf } from './patch-of-entry.ts';

/** An entry of a transaction as far as it can be prepared before the transaction begins. */
export interface PlannedEntry extends Entry {
  /** Of POST and PUT. */
  readonly document?: FhirResource;
  readonly patch?: ReturnType<typeof readPatch>;
  /** The id that a POST will have, unless it is conditional and matches. */
  readonly newId?: string;
  /** References that are searches, to be resolved inside the transaction. */
  readonly conditional: ReadonlySet<string>;
  /** Whether it links to what is only found or made inside the transaction. */
  readonly late?: boolean;
}

const collected = (errors: readonly ProblemError[]): ProblemError | undefined => {
  const [first] = errors;
  return first && new ProblemError(first.problem, errors.flatMap(({ faults }) => faults).slice(0, 100), first.headers);
};

const attempt = <T>(errors: ProblemError[], index: number, make: () => T): T | undefined => {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    errors.push(inEntry(index, error));
    return undefined;
  }
};

const prepared = (ctx: Ctx, entry: Entry): PlannedEntry => {
  const { type = '', id } = entry.route.params;
  const conditional = conditionalReferences(entry.resource);
  if (id !== undefined) requireInstance(ctx, type, id);
  else if (type !== '') spaceOfType(ctx.store, type);
  if (entry.verb === 'PATCH')
    return { ...entry, conditional: new Set(), patch: readTestPatch(ctx, jsonPatchOf(entry)) };
  if (entry.verb !== 'POST' && entry.verb !== 'PUT') return { ...entry, conditional };
  const document = requireType(entry.resource, type);
  if (entry.verb === 'PUT' && id !== undefined) requireSameId(document, id);
  return { ...entry, conditional, document, ...(entry.verb === 'POST' ? { newId: ctx.uuid() } : {}) };
};

/** Where what an entry makes can be found, where that is known before the transaction begins. */
const plannedTarget = (entry: PlannedEntry): string | undefined => {
  const { type, id } = entry.route.params;
  if (entry.verb === 'PUT') return id === undefined ? undefined : `${type}/${id}`;
  return entry.headers['if-none-exist'] === undefined ? `${type}/${entry.newId}` : undefined;
};

interface Links {
  /** fullUrl → `Type/id`. */
  readonly known: ReadonlyMap<string, string>;
  /** fullUrls of what is only found or made inside the transaction. */
  readonly late: ReadonlySet<string>;
}

/** Two entries with one fullUrl would leave open which of them a reference means. */
const linksOf = (entries: readonly PlannedEntry[]): Links => {
  const known = new Map<string, string>();
  const late = new Set<string>();
  for (const entry of entries) {
    const { fullUrl, document, index } = entry;
    if (fullUrl === undefined || document === undefined) continue;
    if (known.has(fullUrl) || late.has(fullUrl))
      throw problem(BAD_REQUEST, `The fullUrl ${fullUrl.slice(0, 200)} stands in two entries`, {
        at: `${placeOfEntry(index)}.fullUrl`,
      });
    const target = plannedTarget(entry);
    for (const name of namesOf(entry))
      if (target === undefined) late.add(name);
      else known.set(name, target);
  }
  return { known, late };
};

const RELATIVE = /^[A-Z][A-Za-z]*\/[A-Za-z0-9\-.]{1,64}(?:$|\/_history\/)/;

/** A relative reference is relative to the fullUrl of its entry, where that is a RESTful URL (R4 bundle.html#references). */
const resolvedLink = (link: string, fullUrl: string | undefined): string => {
  const base = /^(https?:\/\/.+)\/[A-Z][A-Za-z]*\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl ?? '')?.[1];
  return base !== undefined && RELATIVE.test(link) ? `${base}/${link}` : link;
};

/** A link as it may be known, and what comes behind that: a version or a fragment. */
const readLink = (given: string, entry: Pick<Entry, 'fullUrl'> | undefined) => {
  const link = resolvedLink(given, entry?.fullUrl);
  const [front = '', behind] = link.split(/(?=#|\/_history\/)/, 2);
  return { link, front, behind };
};

/** What relinks by fullUrl; a version or a fragment behind one stays behind what replaces it. */
export const relinkBy =
  (links: ReadonlyMap<string, string>, entry?: Pick<Entry, 'fullUrl'>) =>
  (given: string): string | undefined => {
    const { link, front, behind } = readLink(given, entry);
    const whole = links.get(link);
    if (whole !== undefined) return whole;
    const found = behind === undefined ? undefined : links.get(front);
    return found === undefined ? undefined : `${found}${behind}`;
  };

/** The fullUrl that a reference by urn names, without a version or fragment behind it. */
const urnOf = (reference: string): string | undefined =>
  /^urn:(?:uuid|oid):/.test(reference) ? reference.split(/#|\/_history\//, 1)[0] : undefined;

const unresolved = (entry: PlannedEntry, { known, late }: Links): Fault[] => {
  const faults: Fault[] = [];
  const seek = (node: unknown, at: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      const place = Array.isArray(node) ? `${at}[${key}]` : `${at}.${key}`;
      const urn = key === 'reference' && typeof value === 'string' ? urnOf(value) : undefined;
      if (typeof value === 'object') seek(value, place);
      else if (urn !== undefined && !known.has(urn) && !late.has(urn))
        faults.push({ detail: `'${urn.slice(0, 80)}' is the fullUrl of no entry`, at: place, issue: 'not-found' });
    }
  };
  seek(entry.document, `${placeOfEntry(entry.index)}.resource`);
  return faults;
};

/**
 * Reads, relinks and validates every entry, a few milliseconds at a time, and throws with the faults of all of them.
 * What is left for the transaction is what depends on what is stored.
 */
export const planTransaction = async (
  ctx: Ctx,
  values: readonly unknown[],
  bases: readonly [string, ...string[]],
): Promise<PlannedEntry[]> => {
  const breathe = breather();
  const errors: ProblemError[] = [];
  const read: PlannedEntry[] = [];
  for (const [index, value] of values.entries()) {
    await breathe();
    const entry = attempt(errors, index, () => prepared(ctx, readEntry(value, index, bases)));
    if (entry !== undefined) read.push(entry);
  }
  const broken = collected(errors);
  if (broken !== undefined) throw broken;
  const links = linksOf(read);
  const planned: PlannedEntry[] = [];
  for (const entry of read) {
    await breathe();
    if (entry.document === undefined) {
      planned.push(entry);
      continue;
    }
    const missing = unresolved(entry, links);
    if (missing.length > 0) errors.push(problem(INVALID_RESOURCE, missing));
    let late = false;
    const relink = relinkBy(links.known, entry);
    const document = relinked(entry.document, (given) => {
      const { link, front } = readLink(given, entry);
      late ||= links.late.has(link) || links.late.has(front);
      return relink(given);
    });
    const fault = faultOf(ctx, document, entry.conditional.size > 0);
    if (fault !== undefined) errors.push(inEntry(entry.index, fault));
    planned.push({ ...entry, document, late });
  }
  const invalid = collected(errors);
  if (invalid !== undefined) throw invalid;
  return planned;
};
