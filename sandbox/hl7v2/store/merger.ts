import { find } from '../../fhir/repository.ts';
import type { WritingCtx } from '../../fhir/write-guard.ts';
import type { Tx } from '../../sql/port.ts';
import { Hl7Error } from '../hl7-error.ts';
import { isJson, type Json } from '../to-fhir/element.ts';
import type { Place } from './locate.ts';
import type { Said } from './merge.ts';

/** As many mergers one after another are followed. */
const FOLLOWED = 100;

const linksOf = ({ link }: Json): readonly Json[] => (Array.isArray(link) ? link.filter(isJson) : []);

/** Into whom somebody was merged: `Patient/…`. */
const survivorOf = (patient: Json): string | undefined => {
  const found = linksOf(patient).find(({ type }) => type === 'replaced-by');
  return isJson(found?.other) ? String(found.other.reference) : undefined;
};

/** What stands in the store under a reference. */
const storedOf = async (ctx: WritingCtx, tx: Tx, reference: string): Promise<Json> => {
  const row = await find(ctx, tx, 'Patient', reference.slice('Patient/'.length));
  const body: unknown = row === undefined || row.deleted ? undefined : JSON.parse(row.body);
  return isJson(body) ? body : {};
};

/**
 * Mergers follow one another (A into B, then B into C), and the last of them may turn the one before round (B into A): the newer
 * one holds. One that would lead back over others is refused, for nobody would go on.
 */
export const checkMergers = async (ctx: WritingCtx, tx: Tx, places: readonly Place[]): Promise<void> => {
  for (const { type, id, said } of places) {
    const survivor = type === 'Patient' ? said.map(({ body }) => survivorOf(body)).find(Boolean) : undefined;
    if (survivor === undefined) continue;
    const retired = `Patient/${id}`;
    let next = survivorOf(await storedOf(ctx, tx, survivor));
    if (next === retired) continue;
    for (let step = 0; next !== undefined && step < FOLLOWED; step += 1) {
      if (next === retired)
        throw new Hl7Error('PID-3 was itself merged, by way of others, into MRG-1: nobody would survive', {
          condition: 102,
          at: { segment: 'MRG', field: 1 },
        });
      next = survivorOf(await storedOf(ctx, tx, next));
    }
  }
};

/** Who survives a merger goes on, also who had been merged into the other before. */
export const revived = (patient: Json, said: readonly Said[]): Json => {
  const survives = said.some(({ body }) => linksOf(body).some(({ type }) => type === 'replaces'));
  if (!survives || patient.active !== false) return patient;
  return survivorOf(patient) === undefined ? { ...patient, active: true } : patient;
};
