import { create, find, replace } from '../../fhir/repository.ts';
import { type FhirResource, isResource, type StoredRow } from '../../fhir/stored.ts';
import type { WritingCtx } from '../../fhir/write-guard.ts';
import type { Tx } from '../../sql/port.ts';
import type { Hl7Message } from '../message.ts';
import { isJson, type Json } from '../to-fhir/element.ts';
import { dateTime } from '../to-fhir/primitives.ts';
import type { ToFhir } from '../to-fhir/to-fhir.ts';
import { findStored, madeUpId } from './identity.ts';
import { merge, saidAt } from './merge.ts';

/** What became of a resource of the message in the store. */
export interface Kept {
  /** `Patient/…`. */
  readonly reference: string;
  /** `older` where the store knows of a later event (V2-13): nothing was changed. */
  readonly how: 'created' | 'updated' | 'older';
}

/** When the event happened, by the sender's clock: EVN-6, else EVN-2, else MSH-7 (V2-13); `now` where it says none. */
export const eventTime = (message: Hl7Message, zone: string, now: number): number => {
  for (const path of ['EVN-6', 'EVN-2', 'MSH-7']) {
    const time = Date.parse(String(dateTime(message.text(path), zone)));
    if (!Number.isNaN(time)) return time;
  }
  return now;
};

interface Place {
  readonly fullUrl: string;
  readonly said: Json;
  readonly removed: readonly string[];
  readonly id: string;
  readonly row: StoredRow | undefined;
}

/** Envelope of the exchange: it says nothing of anybody. */
const isEnvelope = ({ resourceType }: Json): boolean => resourceType === 'MessageHeader';

/** References within the message, as those of the store. */
const relink = (value: unknown, places: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map((item) => relink(item, places));
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const target = name === 'reference' && typeof item === 'string' ? places.get(item) : undefined;
      return [name, target ?? relink(item, places)];
    }),
  );
};

const entriesOf = ({ bundle, removed }: ToFhir): readonly Pick<Place, 'fullUrl' | 'said' | 'removed'>[] =>
  (Array.isArray(bundle.entry) ? bundle.entry : []).flatMap((entry: unknown, index) => {
    if (!isJson(entry) || !isJson(entry.resource) || isEnvelope(entry.resource)) return [];
    const gone = removed.filter((one) => one.entry === index).map(({ element }) => element);
    return [{ fullUrl: String(entry.fullUrl), said: entry.resource, removed: gone }];
  });

/** Where each resource of the message belongs: what it refers to is placed before it, for that may tell it apart. */
const locate = async (ctx: WritingCtx, tx: Tx, made: ToFhir, message: string): Promise<readonly Place[]> => {
  const waiting = [...entriesOf(made)];
  const known = new Set(waiting.map(({ fullUrl }) => fullUrl));
  const names = new Map<string, string>();
  const places: Place[] = [];
  const isReady = ({ said }: { readonly said: Json }): boolean => {
    const text = JSON.stringify(said);
    return ![...known].some((url) => !names.has(url) && text.includes(`"${url}"`));
  };
  while (waiting.length > 0) {
    const at = Math.max(0, waiting.findIndex(isReady));
    const [entry] = waiting.splice(at, 1);
    if (entry === undefined) break;
    const { id: _, ...rest } = entry.said;
    const linked = relink(rest, names);
    const said = isJson(linked) ? linked : {};
    const row =
      (await findStored(ctx, tx, said)) ?? (await find(ctx, tx, String(said.resourceType), madeUpId(said, message)));
    const id = row?.id ?? madeUpId(said, message);
    names.set(entry.fullUrl, `${said.resourceType}/${id}`);
    places.push({ ...entry, id, row });
  }
  return places.map((place) => {
    const said = relink(place.said, names);
    return { ...place, said: isJson(said) ? said : {} };
  });
};

const asResource = (value: Json): FhirResource => {
  if (!isResource(value)) throw new Error('what the maps made is no resource');
  return value;
};

/**
 * Puts what a message says into the store of a participant, in the transaction that also keeps its acknowledgement. What it
 * is about is found by its identifiers, else by what tells such things apart; it is changed where the message says something
 * of it, and only where no later event has (V2-13).
 */
export const storeMessage = async (
  ctx: WritingCtx,
  tx: Tx,
  message: Hl7Message,
  made: ToFhir,
  zone = '+00:00',
): Promise<readonly Kept[]> => {
  const at = eventTime(message, zone, ctx.now());
  const kept: Kept[] = [];
  for (const { said, removed, id, row } of await locate(ctx, tx, made, message.text('MSH-10'))) {
    const reference = `${said.resourceType}/${id}`;
    const parsed: unknown = row === undefined || row.deleted ? undefined : JSON.parse(row.body);
    const stored = isJson(parsed) ? parsed : undefined;
    const known = stored === undefined ? undefined : saidAt(stored);
    if (known !== undefined && known > at) {
      kept.push({ reference, how: 'older' });
      continue;
    }
    const resource = asResource(merge(stored, { ...said, id }, removed, at));
    if (row === undefined) await create(ctx, tx, resource, { id, method: 'PUT' });
    else await replace(ctx, tx, row, resource);
    kept.push({ reference, how: stored === undefined ? 'created' : 'updated' });
  }
  return kept;
};
