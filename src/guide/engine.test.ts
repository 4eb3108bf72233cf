import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../sandbox/problem.ts';
import { evaluate } from './engine.ts';
import type { Answers } from './evaluation.ts';
import { loadTree } from './load.ts';
import { optionsOf } from './options.ts';
import type { Context } from './tree.ts';
import { prune } from './walk.ts';

const tree = await loadTree(fileURLToPath(new URL('../../patterns/decision-tree.yaml', import.meta.url)));
const SYNC = 'synchronous-request-response';
const ASYNC = 'asynchronous-request-response';

/** `yyn` along a route of question ids. */
const answered = (route: string, letters: string): Answers =>
  Object.fromEntries(route.split(' ').map((id, index) => [id, letters[index] === 'y' ? 'yes' : 'no']));

const paths: readonly [route: string, letters: string, pattern: string][] = [
  ['Q1 Q2 Q3', 'yyy', SYNC],
  ['Q1 Q2 Q3', 'yyn', 'registry-repository'],
  ['Q1 Q2 Q4', 'yny', 'shared-repository'],
  ['Q1 Q2 Q4', 'ynn', 'registry-repository'],
  ['Q1 Q5 Q6', 'nyy', ASYNC],
  ['Q1 Q5 Q6', 'nyn', SYNC],
  ['Q1 Q5 Q7', 'nny', 'information-push'],
  ['Q1 Q5 Q7', 'nnn', 'publish-subscribe'],
];

describe('the eight paths', () => {
  it.each(paths)('%s answered %s leads to %s', (route, letters, pattern) => {
    const evaluation = evaluate(tree, answered(route, letters));
    expect(evaluation.outcome?.pattern).toBe(pattern);
    expect(evaluation.route.map((step) => step.question)).toEqual(route.split(' '));
    expect(evaluation.outcome?.because).toHaveLength(3);
    expect(evaluation.warnings).toEqual([]);
  });

  it.each([SYNC, 'registry-repository'])('gives different reasons on the two routes to %s', (pattern) => {
    const reasons = paths
      .filter((path) => path[2] === pattern)
      .map(([route, letters]) => evaluate(tree, answered(route, letters)).outcome?.because.at(-1));
    expect(new Set(reasons).size).toBe(2);
  });
});

describe('the alternatives', () => {
  it('flip each answer on the route to the pattern or the question that it would lead to', () => {
    const evaluation = evaluate(tree, answered('Q1 Q2 Q3', 'yyy'));
    if (evaluation.outcome === undefined) throw new Error('no outcome');
    const changes = evaluation.alternatives.map(({ change, pattern, question }) => ({
      change,
      to: pattern ?? question,
    }));
    expect(changes).toEqual([
      { change: { Q1: 'no' }, to: 'Q5' },
      { change: { Q2: 'no' }, to: 'Q4' },
      { change: { Q3: 'no' }, to: 'registry-repository' },
    ]);
  });

  it('flip a no to a yes as well', () => {
    const evaluation = evaluate(tree, answered('Q1 Q5 Q7', 'nnn'));
    if (evaluation.outcome === undefined) throw new Error('no outcome');
    expect(evaluation.alternatives.map(({ change, pattern, question }) => [change, pattern ?? question])).toEqual([
      [{ Q1: 'yes' }, 'Q2'],
      [{ Q5: 'yes' }, 'Q6'],
      [{ Q7: 'yes' }, 'information-push'],
    ]);
  });

  it('say of each outcome that was not chosen which answer ruled it out', () => {
    const options = optionsOf(tree, answered('Q1 Q5 Q6', 'nyn'));
    expect(options.map(({ pattern, chosen, parted }) => [pattern, chosen ? 'chosen' : parted?.question])).toEqual([
      [SYNC, 'chosen'],
      [ASYNC, 'Q6'],
      ['registry-repository', 'Q1'],
      ['shared-repository', 'Q1'],
      ['information-push', 'Q5'],
      ['publish-subscribe', 'Q5'],
    ]);
  });
});

describe('an unsure answer', () => {
  it('keeps every outcome that is still possible and says what would settle it', () => {
    const evaluation = evaluate(tree, { Q1: 'yes', Q2: 'yes', Q3: 'unsure' });
    if (evaluation.outcomes === undefined) throw new Error('no outcomes');
    expect(evaluation.outcomes.map((outcome) => outcome.pattern)).toEqual([SYNC, 'registry-repository']);
    expect(evaluation.settle.map(({ question, leads }) => ({ question, leads }))).toEqual([
      { question: 'Q3', leads: { yes: [SYNC], no: ['registry-repository'] } },
    ]);
    expect(evaluation.outcomes[0]?.because.at(-1)).toMatch(/^Q3, if yes: The requester knows/);
  });

  it('leaves all six open at the first question', () => {
    const { outcomes } = evaluate(tree, { Q1: 'unsure' });
    expect(outcomes).toHaveLength(6);
    // Two ways lead to it: without a word between them they would read as one that contradicts itself.
    const ways = outcomes?.find(({ pattern }) => pattern === 'synchronous-request-response')?.because ?? [];
    expect(ways.map((reason) => reason.split(':')[0])).toEqual([
      ...['Q1, if yes', 'Q2, if yes', 'Q3, if yes'],
      ...['Or Q1, if no', 'Q5, if yes', 'Q6, if no'],
    ]);
  });

  it('has nothing to settle where both answers come to the same', () => {
    const evaluation = evaluate(tree, { Q1: 'yes', Q2: 'unsure', Q3: 'no', Q4: 'no' });
    if (evaluation.outcomes === undefined) throw new Error('no outcomes');
    expect(evaluation.outcomes.map((outcome) => outcome.pattern)).toEqual(['registry-repository']);
    expect(evaluation.settle).toEqual([]);
  });
});

describe('answers that cannot be', () => {
  const refusals: readonly [title: string, answers: unknown, faults: readonly [at: string, detail: RegExp][]][] = [
    ['off the route', { Q1: 'yes', Q5: 'no' }, [['/answers/Q5', /Q5 is not on the route/]]],
    ['beyond the first open question', { Q3: 'yes' }, [['/answers/Q3', /Q3 is not on the route/]]],
    ['to an unknown question', { Q8: 'yes' }, [['/answers/Q8', /no question "Q8"/]]],
    ['to a name that objects inherit', { constructor: 'yes' }, [['/answers/constructor', /no question "constructor"/]]],
    ['of another word', { Q1: 'maybe' }, [['/answers/Q1', /yes, no or unsure, not "maybe"/]]],
    ['of another type', { Q1: true }, [['/answers/Q1', /not true/]]],
    [
      'several at once',
      { Q1: 1, 'a/b': 'no' },
      [
        ['/answers/Q1', /not 1/],
        ['/answers/a~1b', /no question "a\/b"/],
      ],
    ],
    [
      'more than can be told',
      Object.fromEntries(Array.from({ length: 25 }, (_none, index) => [`X${index}`, 'yes'])),
      [
        ...Array.from({ length: 20 }, (_none, index): [string, RegExp] => [`/answers/X${index}`, /no question/]),
        ['/answers', /and 5 more answers/],
      ],
    ],
    ['in a list', ['yes'], [['/answers', /is an object/]]],
    ['missing', undefined, [['/answers', /is an object/]]],
  ];
  it.each(refusals)('%s are refused by name', (_title, answers, faults) => {
    try {
      evaluate(tree, answers);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      expect(error.problem.status).toBe(400);
      expect(error.faults.map((fault) => fault.at)).toEqual(faults.map(([at]) => at));
      for (const [index, [, detail]] of faults.entries()) expect(error.faults[index]?.detail).toMatch(detail);
    }
  });
});

describe('the circumstances', () => {
  const sync = answered('Q1 Q2 Q3', 'yyy');
  const push = answered('Q1 Q5 Q7', 'nny');
  const rows: readonly [
    title: string,
    answers: Answers,
    context: Context,
    warned: readonly [id: string, pattern?: string][],
  ][] = [
    ['warn of secondary use at every outcome', push, { purpose: 'secondary-use' }, [['outside-direct-care']]],
    ['warn of secondary use before the first answer', {}, { purpose: 'secondary-use' }, [['outside-direct-care']]],
    ['say nothing of direct care', sync, { purpose: 'direct-care' }, []],
    [
      'name the asynchronous pattern for a provider that is not always there',
      sync,
      { providerAlwaysAvailable: false },
      [['provider-not-always-available', ASYNC]],
    ],
    ['name it for a slow response too', sync, { quickResponse: false }, [['response-not-quick', ASYNC]]],
    [
      'and on the other route to the synchronous pattern',
      answered('Q1 Q5 Q6', 'nyn'),
      { quickResponse: false },
      [['response-not-quick', ASYNC]],
    ],
    [
      'say nothing of either where the outcome is not synchronous',
      push,
      { providerAlwaysAvailable: false, quickResponse: false },
      [],
    ],
    [
      'say nothing where the provider is always there and quick',
      sync,
      { providerAlwaysAvailable: true, quickResponse: true },
      [],
    ],
    ['name it for a human step behind a request', sync, { humanStep: true }, [['human-step', ASYNC]]],
    ['warn of batch', push, { batch: true }, [['batch']]],
    [
      'warn where synchronous is one of the outcomes left',
      { Q1: 'yes', Q2: 'yes', Q3: 'unsure' },
      { humanStep: true },
      [['human-step', ASYNC]],
    ],
  ];
  it.each(rows)('%s', (_title, answers, context, warned) => {
    const { warnings } = evaluate(tree, answers, context);
    expect(warnings.map(({ id, pattern }) => (pattern === undefined ? [id] : [id, pattern]))).toEqual(warned);
  });
});

describe('a rule for several outcomes', () => {
  it('warns where any of them is the outcome', () => {
    const rule = {
      id: 'w',
      basis: 'chapter',
      text: 'W',
      when: { batch: true, outcome: [SYNC, 'information-push'] },
    } as const;
    const warned = evaluate({ ...tree, warnings: [rule] }, answered('Q1 Q5 Q7', 'nny'), { batch: true }).warnings;
    expect(warned.map(({ id }) => id)).toEqual(['w']);
  });
});

describe('pruning', () => {
  it('drops what is no longer on the route after an earlier answer changed', () => {
    expect(prune(tree, { Q1: 'no', Q2: 'yes', Q3: 'yes' })).toEqual({ Q1: 'no' });
  });
  it('keeps what still is', () => {
    expect(prune(tree, { Q1: 'yes', Q2: 'unsure', Q3: 'yes', Q7: 'no' })).toEqual({
      Q1: 'yes',
      Q2: 'unsure',
      Q3: 'yes',
    });
  });
});
