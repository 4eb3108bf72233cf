import { find, replace } from '../../sandbox/fhir/repository.ts';
import { unguarded, type WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import { Hl7Error } from '../../sandbox/hl7v2/hl7-error.ts';
import type { Hl7Message } from '../../sandbox/hl7v2/message.ts';
import type { Hl7Receiver } from '../../sandbox/hl7v2/receiver.ts';
import { type Kept, storeMessage } from '../../sandbox/hl7v2/store/store-message.ts';
import { toFhir } from '../../sandbox/hl7v2/to-fhir/to-fhir.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { noteBrought, openCase } from './cases.ts';
import { scheduleClinician } from './clinician.ts';
import { decide, isFinal, resourceOf } from './decisions.ts';
import { neededOf, repeating } from './hl7-answers.ts';
import { openTaskOf } from './take-request.ts';
import { writing } from './writing.ts';

const required = (message: Hl7Message, path: string, segment: string, field: number, why: string): void => {
  if (message.text(path) === '') throw new Hl7Error(why, { condition: 101, at: { segment, field } });
};

/** REF^I13 changes and REF^I14 cancels a referral that is open; of any other they are AE (204). */
const unknownReferral = (): Hl7Error =>
  new Hl7Error('RF1-6 names no referral that is open here', { condition: 204, at: { segment: 'RF1', field: 6 } });

/** The same referral again, amended: it waits on the worklist as it did, and the answer goes to the newest message. */
const waitsAgain = async (ctx: WritingCtx, tx: Tx, referral: string, brought: string): Promise<boolean> => {
  const row = await openTaskOf(ctx, tx, referral);
  if (row === undefined || isFinal(resourceOf(row))) return false;
  const { statusReason: _, ...task } = resourceOf(row);
  const again = { ...task, status: 'requested', businessStatus: { text: 'More information has come' } };
  const lastModified = new Date(ctx.now()).toISOString();
  await replace(unguarded(ctx), tx, { ...row, deleted: false }, { ...again, resourceType: 'Task', lastModified });
  await noteBrought(ctx, tx, row.id, brought);
  return true;
};

const putOnWorklist = async (ctx: WritingCtx, tx: Tx, { reference }: Kept, message: Hl7Message): Promise<void> => {
  const id = reference.slice('ServiceRequest/'.length);
  const brought = neededOf(message);
  if (await waitsAgain(ctx, tx, id, brought)) return;
  if (message.text('MSH-9.2') === 'I13') throw unknownReferral();
  const row = await find(ctx, tx, 'ServiceRequest', id);
  if (row === undefined) return;
  const task = await openCase(ctx, tx, { id, resource: resourceOf(row) }, { hl7: brought });
  await scheduleClinician(ctx, tx, task.id);
};

const cancel = async (ctx: WritingCtx, tx: Tx, { reference }: Kept): Promise<void> => {
  const row = await openTaskOf(ctx, tx, reference.slice('ServiceRequest/'.length));
  if (row === undefined || isFinal(resourceOf(row))) throw unknownReferral();
  await decide(ctx, tx, row.id, { decision: 'cancel', reason: 'Cancelled by who referred (REF^I14)' });
};

/**
 * REF^I12: kept as FHIR and put on the worklist, in the transaction that takes it; nothing is decided yet. In enhanced mode that
 * it was accepted (CA) is all that is said at once, and the RRI comes when somebody has decided; in original mode an RRI on
 * the connection says that the referral is pending (RF1-1 P), and the decision is an RRI of its own. REF^I13 amends it as the same
 * I12 would; REF^I14 cancels it, and is answered at once.
 */
export const hl7Provider: Hl7Receiver = {
  types: ['REF^I12', 'REF^I13', 'REF^I14'],
  async receive(message, ctx) {
    required(message, 'PID-3.1', 'PID', 3, 'PID-3 is empty: who is referred?');
    required(message, 'RF1-6.1', 'RF1', 6, 'RF1-6 is empty: an answer has to name the referral');
    const made = toFhir(message);
    const event = message.text('MSH-9.2');
    const effect = async (tx: Tx): Promise<void> => {
      const own = writing(ctx);
      const kept = await storeMessage(unguarded(own), tx, message, made);
      const referral = kept.find(({ reference }) => reference.startsWith('ServiceRequest/'));
      if (referral === undefined || referral.how === 'older') return;
      if (event !== 'I12' && referral.how === 'created') throw unknownReferral();
      if (event === 'I14') await cancel(own, tx, referral);
      else await putOnWorklist(own, tx, referral, message);
    };
    return event === 'I14'
      ? { complete: repeating(message), effect }
      : { later: true, complete: repeating(message, 'P'), effect };
  },
};
