import type { WritingCtx } from '../../fhir/write-guard.ts';
import type { Caller, Ctx } from '../../pattern.ts';
import type { Tx } from '../../sql/port.ts';
import { Hl7Error } from '../hl7-error.ts';
import type { Hl7Message } from '../message.ts';
import type { Hl7Receiver } from '../receiver.ts';
import { toFhir } from '../to-fhir/to-fhir.ts';
import { type Kept, storeMessage } from './store-message.ts';
import { STORED_TYPES } from './types.ts';

export interface Stored {
  readonly message: Hl7Message;
  readonly kept: readonly Kept[];
  readonly from: Caller;
}

interface Storing {
  readonly types?: readonly string[];
  /** How the participant writes, with the pattern's rules about that. */
  writing(ctx: Ctx): WritingCtx;
  /** What else the message changes, in the same transaction. */
  also?(ctx: Ctx, tx: Tx, stored: Stored): Promise<void>;
}

const numbersIn = (message: Hl7Message, field: 'PID-3' | 'MRG-1'): readonly string[] =>
  message.count(field.slice(0, 3)) === 0
    ? []
    : Array.from({ length: message.count(field) }, (_, index) =>
        ['1', '4'].map((component) => message.text(`${field}[${index + 1}].${component}`)).join(' of '),
      ).filter((number) => !number.startsWith(' of'));

/** A merger names who is retired (V2-12), and that is somebody else than who survives. */
const checkMerger = (message: Hl7Message): void => {
  const at = { segment: 'MRG', field: 1 };
  const retired = numbersIn(message, 'MRG-1');
  if (retired.length === 0) throw new Hl7Error('MRG-1 is empty: who is merged?', { condition: 101, at });
  const same = retired.find((number) => numbersIn(message, 'PID-3').includes(number));
  if (same !== undefined) throw new Hl7Error('MRG-1 is who survives, too: nobody is merged', { condition: 102, at });
};

/** A blocked or opened slot of a schedule is nobody's: those are about a person only where they name one (v2.5 chapter 10.4.12). */
const isAboutSlots = (message: Hl7Message): boolean =>
  message.count('PID') === 0 && ['S23', 'S24'].includes(message.text('MSH-9.2'));

/**
 * A receiver that keeps what a message says as FHIR, in the transaction that keeps its acknowledgement: so it is stored before
 * it is acknowledged, and a message that comes again is answered with the same bytes and changes nothing.
 */
export const storing = ({ types = STORED_TYPES, writing, also }: Storing): Hl7Receiver => ({
  types,
  async receive(message, ctx, from) {
    if (message.text('PID-3.1') === '' && !isAboutSlots(message))
      throw new Hl7Error('PID-3 is empty: whom is it about?', { condition: 101, at: { segment: 'PID', field: 3 } });
    if (message.text('MSH-9.2') === 'A40') checkMerger(message);
    const made = toFhir(message);
    return {
      effect: async (tx) => {
        const kept = await storeMessage(writing(ctx), tx, message, made);
        await also?.(ctx, tx, { message, kept, from });
      },
    };
  },
});
