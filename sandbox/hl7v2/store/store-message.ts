import { create, replace } from '../../fhir/repository.ts';
import { type FhirResource, isResource } from '../../fhir/stored.ts';
import type { WritingCtx } from '../../fhir/write-guard.ts';
import type { Tx } from '../../sql/port.ts';
import type { Hl7Message } from '../message.ts';
import { isJson, type Json } from '../to-fhir/element.ts';
import { dateTime } from '../to-fhir/primitives.ts';
import type { ToFhir } from '../to-fhir/to-fhir.ts';
import { zoneOf } from '../to-fhir/zone.ts';
import { locate } from './locate.ts';
import { merge, saidAt } from './merge.ts';
import { checkMergers, revived } from './merger.ts';

/** What became of a resource of the message in the store. */
export interface Kept {
  /** `Patient/…`. */
  readonly reference: string;
  /** `older` where the store knows of a later event (V2-13): nothing was changed. */
  readonly how: 'created' | 'updated' | 'older';
}

/** When the event happened, by the sender's clock: EVN-6, else EVN-2, else MSH-7 (V2-13); `now` where it says none. */
export const eventTime = (message: Hl7Message, given: string, now: number): number => {
  const zone = zoneOf(message, given);
  for (const path of ['EVN-6', 'EVN-2', 'MSH-7']) {
    const time = Date.parse(String(dateTime(message.text(path), zone)));
    if (!Number.isNaN(time)) return time;
  }
  return now;
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
  const places = await locate(ctx, tx, made, message.text('MSH-10'));
  await checkMergers(ctx, tx, places);
  for (const { type, id, row, said } of places) {
    const reference = `${type}/${id}`;
    const parsed: unknown = row === undefined || row.deleted ? undefined : JSON.parse(row.body);
    const stored = isJson(parsed) ? parsed : undefined;
    const known = stored === undefined ? undefined : saidAt(stored);
    if (known !== undefined && known > at) {
      kept.push({ reference, how: 'older' });
      continue;
    }
    const whole = said.reduce<Json | undefined>((before, one) => merge(before, one, at), stored);
    const resource = asResource(revived({ ...whole, id }, said));
    if (row === undefined) await create(ctx, tx, resource, { id, method: 'PUT' });
    else await replace(ctx, tx, row, resource);
    kept.push({ reference, how: stored === undefined ? 'created' : 'updated' });
  }
  return kept;
};
