import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import type { Decision } from './decisions.ts';

/** A decision about a referral that came by HL7 v2. */
export interface Decided {
  /** As much of the referral as its answer needs: `neededOf` of hl7-answers.ts. */
  readonly brought: string;
  readonly task: string;
  readonly decision: Decision | undefined;
  readonly text: string;
}

/** Work for whoever answers by HL7 v2, in the transaction of the decision; those about one referral in their order. */
export const sayDecided = async (ctx: Ctx, tx: Tx, decided: Decided): Promise<void> => {
  await ctx.enqueue(tx, { consumer: 'hl7-decided', to: ctx.participant.name, key: decided.task, body: decided });
};
