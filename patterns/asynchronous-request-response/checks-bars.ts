import { type Check, fail, type Judgement, passOn } from '../../sandbox/conformance/check.ts';
import { at, type Evidence, json, line, on } from '../../sandbox/conformance/evidence.ts';

const withoutIds = (evidence: Evidence): Judgement =>
  on(evidence, 'refer-without-ids', (one) => {
    if (one.reply.status !== 400) return fail(`${line(one)}; a message without its ids is a 400.`, one.step);
    return at(json(one), 'resourceType') === 'OperationOutcome'
      ? passOn(one.step)
      : fail(`${line(one)}, without an OperationOutcome.`, one.step);
  });

/** What is asked in BaRS alone. */
export const checks: readonly Check[] = [
  {
    id: 'rra-13-without-ids',
    requirements: ['RRA-13'],
    dialects: ['bars'],
    title: 'A message without its ids is refused, with an OperationOutcome',
    failure: 'A message without its ids was not refused with an OperationOutcome.',
    judge: withoutIds,
  },
];
