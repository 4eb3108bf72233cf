import type { Answer } from '../data/api-types.ts';

/** Fired when the reader has chosen an answer and pressed Continue. */
export class Answered extends Event {
  static readonly type = 'fp-answered';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(Answered.type);
    this.answer = answer;
  }
}
