import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GuideState, knownAnswers, reachable, readState, withAnswer, writeState } from './guide-state.ts';
import { sampleGuide } from './sample-guide.ts';

const EMPTY: GuideState = { answers: {}, context: {}, reasons: {} };
const question = fc.constantFrom('Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6', 'Q7');
const answer = fc.constantFrom('yes', 'no', 'unsure');
const state: fc.Arbitrary<GuideState> = fc.record({
  answers: fc.dictionary(question, answer),
  reasons: fc.dictionary(
    question,
    fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
  ),
  context: fc.record(
    {
      purpose: fc.constantFrom<'direct-care' | 'secondary-use'>('direct-care', 'secondary-use'),
      providerAlwaysAvailable: fc.boolean(),
      quickResponse: fc.boolean(),
      humanStep: fc.boolean(),
      batch: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
});

describe('the state of the guide in the query string', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(readState(new URLSearchParams(writeState(one)))).toEqual(one);
      }),
    );
  });

  it('is sorted by name, so that equal answers have equal URLs', () => {
    expect(writeState({ answers: { Q2: 'no', Q1: 'yes' }, context: { batch: true } })).toBe('?Q1=yes&Q2=no&batch=yes');
    expect(writeState({ context: { batch: true }, answers: { Q1: 'yes', Q2: 'no' } })).toBe('?Q1=yes&Q2=no&batch=yes');
  });

  it('is nothing at all while nothing has been said', () => {
    expect(writeState(EMPTY)).toBe('');
  });

  it('keeps what is no answer, for the service to refuse, and draws nothing of it', () => {
    const { answers } = readState(new URLSearchParams('Q1=perhaps&Q2=yes'));
    expect(answers).toEqual({ Q1: 'perhaps', Q2: 'yes' });
    expect(knownAnswers(answers)).toEqual({ Q2: 'yes' });
  });

  it('names the question to show again', () => {
    expect(readState(new URLSearchParams('Q1=yes&at=Q1')).at).toBe('Q1');
  });
});

describe('changing an answer', () => {
  it('drops the answers and reasons that are no longer on the route, and keeps the circumstances', () => {
    const before: GuideState = {
      answers: { Q1: 'yes', Q2: 'yes', Q3: 'no' },
      reasons: { Q1: 'a', Q3: 'c' },
      context: { batch: true },
    };
    expect(withAnswer(sampleGuide, before, 'Q1', 'no')).toEqual({
      answers: { Q1: 'no' },
      reasons: { Q1: 'a' },
      context: { batch: true },
    });
  });

  it('keeps everything when the answer stays the same', () => {
    const before: GuideState = { ...EMPTY, answers: { Q1: 'yes', Q2: 'yes', Q3: 'no' } };
    expect(withAnswer(sampleGuide, before, 'Q1', 'yes').answers).toEqual(before.answers);
  });

  it('keeps both branches under an answer that is not sure', () => {
    const before: GuideState = { ...EMPTY, answers: { Q1: 'yes', Q2: 'no', Q4: 'yes' } };
    expect(withAnswer(sampleGuide, before, 'Q2', 'unsure').answers).toEqual({ Q1: 'yes', Q2: 'unsure', Q4: 'yes' });
  });

  it('never leaves an answer that the route does not reach', () => {
    fc.assert(
      fc.property(
        state,
        question,
        fc.constantFrom('yes' as const, 'no' as const, 'unsure' as const),
        (one, id, given) => {
          const { answers } = withAnswer(sampleGuide, one, id, given);
          const on = reachable(sampleGuide, answers);
          expect(Object.keys(answers).filter((name) => !on.has(name))).toEqual([]);
        },
      ),
    );
  });
});
