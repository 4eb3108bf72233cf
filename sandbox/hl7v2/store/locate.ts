import { find } from '../../fhir/repository.ts';
import type { StoredRow } from '../../fhir/stored.ts';
import type { WritingCtx } from '../../fhir/write-guard.ts';
import type { Tx } from '../../sql/port.ts';
import { isJson, type Json } from '../to-fhir/element.ts';
import type { ToFhir } from '../to-fhir/to-fhir.ts';
import { findStored, identifiersOf, isSame, madeUpId } from './identity.ts';
import type { Said } from './merge.ts';

/** A resource of the store, and all that one message says of it: a person may be in a message twice. */
export interface Place {
  readonly type: string;
  readonly id: string;
  readonly row: StoredRow | undefined;
  readonly said: readonly Said[];
}

interface Waiting extends Said {
  readonly fullUrl: string;
}

interface Located extends Waiting {
  readonly id: string;
  readonly row: StoredRow | undefined;
}

/** Envelope of the exchange: it says nothing of anybody. */
const isEnvelope = ({ resourceType }: Json): boolean => resourceType === 'MessageHeader';

/** References within the message, as those of the store. */
const relink = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map((item) => relink(item, names));
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const target = name === 'reference' && typeof item === 'string' ? names.get(item) : undefined;
      return [name, target ?? relink(item, names)];
    }),
  );
};

const linked = (body: Json, names: ReadonlyMap<string, string>): Json => {
  const value = relink(body, names);
  return isJson(value) ? value : {};
};

const waitingOf = ({ bundle, removed, lineage }: ToFhir): Waiting[] =>
  (Array.isArray(bundle.entry) ? bundle.entry : []).flatMap((entry: unknown, index) => {
    if (!isJson(entry) || !isJson(entry.resource) || isEnvelope(entry.resource)) return [];
    const { id: _, ...body } = entry.resource;
    const gone = removed.filter((one) => one.entry === index).map(({ element }) => element);
    const guesses = lineage.filter((one) => one.entry === index && one.kind === 'assumed');
    const assumed = guesses.map(({ element }) => /^\w+/.exec(element)?.[0] ?? element);
    return [{ fullUrl: String(entry.fullUrl), body, removed: gone, assumed }];
  });

/** What of the message it refers to. */
const referencesIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isJson(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === 'reference' && typeof item === 'string' ? [item] : referencesIn(item),
  );
};

/** Lines of a report may be the same; of anything else, the same twice is once. */
const isTwin = (one: Json, other: Json): boolean =>
  one.resourceType !== 'Observation' && JSON.stringify(one) === JSON.stringify(other);

/** Of one message: those that have their place, and by what the next ones would meet them. */
class Locating {
  readonly all: Located[] = [];
  readonly #byId = new Map<string, Located>();
  readonly #byNumber = new Map<unknown, Located[]>();
  /** How many are told by the same. */
  readonly #told = new Map<string, number>();
  readonly #ctx: WritingCtx;
  readonly #tx: Tx;
  readonly #message: string;

  constructor(ctx: WritingCtx, tx: Tx, message: string) {
    this.#ctx = ctx;
    this.#tx = tx;
    this.#message = message;
  }

  #keep(located: Located): Located {
    this.all.push(located);
    this.#byId.set(`${located.body.resourceType}/${located.id}`, located);
    for (const { value } of identifiersOf(located.body))
      this.#byNumber.set(value, [...(this.#byNumber.get(value) ?? []), located]);
    return located;
  }

  async add(entry: Waiting): Promise<Located> {
    const { id, row } = await this.#placeOf(entry.body);
    return this.#keep({ ...entry, id, row });
  }

  async #placeOf(body: Json): Promise<Pick<Located, 'id' | 'row'>> {
    const type = String(body.resourceType);
    const numbered = identifiersOf(body).flatMap(({ value }) => this.#byNumber.get(value) ?? []);
    const same = numbered.find((other) => isSame(other.body, body));
    if (same !== undefined) return same;
    const stored = await findStored(this.#ctx, this.#tx, body);
    if (stored !== undefined && !this.#byId.has(`${type}/${stored.id}`)) return { id: stored.id, row: stored };
    const first = madeUpId(body, this.#message, 0);
    const twin = this.#byId.get(`${type}/${first}`);
    if (twin !== undefined && isTwin(twin.body, body)) return twin;
    const nth = this.#told.get(first) ?? 0;
    this.#told.set(first, nth + 1);
    const id = madeUpId(body, this.#message, nth);
    return { id, row: await find(this.#ctx, this.#tx, type, id) };
  }
}

/** Where each resource of the message belongs: what it refers to is placed before it, for that may tell it apart. */
export const locate = async (ctx: WritingCtx, tx: Tx, made: ToFhir, message: string): Promise<readonly Place[]> => {
  const waiting = waitingOf(made).map((entry) => ({ entry, references: referencesIn(entry.body) }));
  const urls = new Set(waiting.map(({ entry }) => entry.fullUrl));
  const names = new Map<string, string>();
  const locating = new Locating(ctx, tx, message);
  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ references }) => references.every((url) => names.has(url) || !urls.has(url)));
    const [next] = waiting.splice(Math.max(0, ready), 1);
    if (next === undefined) break;
    const { fullUrl } = next.entry;
    const { body, id } = await locating.add({ ...next.entry, body: linked(next.entry.body, names) });
    names.set(fullUrl, `${body.resourceType}/${id}`);
  }
  const places = Map.groupBy(locating.all, ({ body, id }) => `${body.resourceType}/${id}`);
  return [...places.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const said = all.map(({ body, removed, assumed }) => ({ body: linked(body, names), removed, assumed }));
    return [{ type: String(first.body.resourceType), id: first.id, row: first.row, said }];
  });
};
