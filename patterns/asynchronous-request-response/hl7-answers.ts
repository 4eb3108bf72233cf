import { answerLater } from '../../sandbox/hl7v2/application.ts';
import { copySegments } from '../../sandbox/hl7v2/copy-segments.ts';
import { type Hl7Message, parseMessage } from '../../sandbox/hl7v2/message.ts';
import type { Consumer, Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import type { Decided } from './decided.ts';
import type { Decision } from './decisions.ts';

/** What an RRI repeats of the referral (HL7 v2.5 chapter 11.3.2). */
const REPEATED = ['RF1', 'PRD', 'PID'];

/** HL7 table 0283, RF1-1: A and R are the last word; P says that there is more to come. */
export type ReferralStatus = 'A' | 'P' | 'R';

/** As much of a REF as its answer will need, as a text that a store can keep. */
export const neededOf = (message: Hl7Message): string =>
  message
    .lines()
    .filter((line, index) => index === 0 || REPEATED.includes(line.slice(0, 3)))
    .join('\r');

/** RF1 with how the referral stands, or as it came, then who refers to whom, and about whom. */
export const repeating =
  (request: Hl7Message, status?: ReferralStatus, reference = '') =>
  (reply: Hl7Message): void => {
    copySegments(reply, request, REPEATED);
    if (reply.count('RF1') === 0) reply.addSegment('RF1');
    if (status !== undefined) reply.set('RF1-1', status);
    if (reference !== '') reply.set('RF1-11.1', reference);
  };

/** What each decision is as an answer by HL7 v2; that something was done is told by a result or a letter, not by RRI. */
const SAYS: Readonly<Partial<Record<Decision, { code: 'AA' | 'AE'; status: ReferralStatus }>>> = {
  accept: { code: 'AA', status: 'A' },
  reject: { code: 'AA', status: 'R' },
  ask: { code: 'AA', status: 'P' },
  fail: { code: 'AE', status: 'R' },
};

/** RRI^I12, whose MSA-2 is the control id of the referral; those about one referral go out in their order. */
const answerByHl7 = async (ctx: Ctx, tx: Tx, { brought, task, decision, text }: Decided): Promise<void> => {
  const says = decision && SAYS[decision];
  if (says === undefined) return;
  const request = parseMessage(Buffer.from(brought, 'latin1'));
  const complete = repeating(request, says.status, says.status === 'A' ? task : '');
  await answerLater(ctx, tx, request, { to: 'requester', key: task, code: says.code, text, complete });
};

/** Answers by HL7 v2 what was decided about a referral that came in that way. */
export const hl7Decided: Consumer = {
  participant: 'provider',
  handle: async (message, ctx) => {
    // Written by sayDecided.
    const decided: Decided = JSON.parse(Buffer.from(message.body).toString('utf8'));
    await ctx.transaction((tx) => answerByHl7(ctx, tx, decided));
  },
};
