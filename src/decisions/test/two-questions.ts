import { BAD_REQUEST, problem } from '../../../sandbox/problem.ts';
import type { DecisionGuide, DecisionRequest, RouteStep } from '../decision.ts';

/** The smallest guide in which something can be left open: A yes leads to `left`; A no asks B, for `left` or `right`. */
export const twoQuestions: DecisionGuide = {
  edition: { title: 'A [small] book', chapter: 'One', edited: '2026-01-01', url: 'https://example.org/book' },
  evaluate: (answers, context) => {
    const given = new Map(Object.entries(answers ?? {}));
    const steps = given.get('A') === 'no' ? ['A', 'B'] : ['A'];
    for (const id of given.keys())
      if (!steps.includes(id)) throw problem(BAD_REQUEST, `${id} is off the route`, { at: `/answers/${id}` });
    const route = steps.flatMap((question): RouteStep[] => {
      const answer = given.get(question);
      const text = `Is it ${question}?`;
      return answer === 'yes' || answer === 'no' || answer === 'unsure'
        ? [{ question, answer, text, label: answer === 'yes' ? 'Yes, it is' : 'No, it is not' }]
        : [];
    });
    const warnings = context.batch === true ? [{ id: 'batch', text: 'Avoid batch.', basis: 'chapter' }] : [];
    const open = steps.find((id) => !given.has(id));
    if (open !== undefined) return { route, warnings, question: { id: open } };
    if (route.some((step) => step.answer === 'unsure')) return { route, warnings };
    const pattern = given.get('B') === 'no' ? 'right' : 'left';
    const outcome = { pattern, title: `The ${pattern} one`, because: ['It is so.'] };
    return { route, warnings, outcome, alternatives: [{ change: { A: 'no' }, question: 'B', title: 'Is it B?' }] };
  },
  options: () => [
    { pattern: 'left', title: 'The left one', chosen: true },
    {
      pattern: 'right',
      title: 'The right one',
      chosen: false,
      parted: {
        question: 'A',
        text: 'Is it A?',
        answered: 'Yes, it is',
        needed: 'No, it is not',
        because: 'It is so.',
      },
    },
  ],
};

export const request = (members: Partial<DecisionRequest> = {}): DecisionRequest => ({
  title: 'How the two shall talk',
  status: 'accepted',
  answers: { A: 'yes' },
  ...members,
});
