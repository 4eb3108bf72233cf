import { problem, TOO_LARGE } from '../../problem.ts';
import { ANSWER_MAX } from '../answer-size.ts';
import type { EntryText } from '../bundle-text.ts';
import { type Entry, placeOfEntry } from './entry.ts';

/** What one answer to a bundle can hold: a bundle of a few kilobytes may ask for gigabytes. */
export interface AnswerBudget {
  /** Refuses to read anything more once the answer is full. */
  readonly checkRoom: (entry: Entry) => void;
  /** The answer as it goes in: what was read is refused where it does not fit, what was changed goes in without its resource. */
  readonly take: (entry: Entry, answer: EntryText) => EntryText;
}

const reads = ({ verb }: Entry): boolean => verb === 'GET' || verb === 'HEAD';

const full = ({ index }: Entry) =>
  problem(
    TOO_LARGE,
    `The answer to the bundle would be longer than ${ANSWER_MAX} characters; ask for this in another`,
    {
      at: placeOfEntry(index),
    },
  );

export const answerBudget = (): AnswerBudget => {
  let size = 0;
  return {
    checkRoom: (entry) => {
      if (size > ANSWER_MAX && reads(entry)) throw full(entry);
    },
    take: (entry, answer) => {
      size += answer.resource?.length ?? 0;
      if (size <= ANSWER_MAX) return answer;
      if (reads(entry)) throw full(entry);
      const { resource: _left, ...rest } = answer;
      return rest;
    },
  };
};
