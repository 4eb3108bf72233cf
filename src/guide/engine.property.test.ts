import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../sandbox/problem.ts';
import { evaluate } from './engine.ts';
import { optionsOf } from './options.ts';
import { arbitraryAnswers, arbitraryTree } from './test/arbitrary-tree.ts';
import type { Tree } from './tree.ts';
import { possiblePatterns, prune, readAnswers } from './walk.ts';

const treeAndAnswers = arbitraryTree.chain((tree) => fc.tuple(fc.constant(tree), arbitraryAnswers(tree)));
const check = (property: (tree: Tree, answers: Record<string, 'yes' | 'no' | 'unsure'>) => void): void =>
  fc.assert(
    fc.property(treeAndAnswers, ([tree, answers]) => property(tree, answers)),
    { numRuns: 500 },
  );

describe('over any well-formed tree', () => {
  it('throws nothing but bad-request, whatever the answers are', () => {
    fc.assert(
      fc.property(
        arbitraryTree,
        fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.anything())),
        (tree, answers) => {
          try {
            evaluate(tree, answers);
          } catch (error) {
            expect(error).toBeInstanceOf(ProblemError);
            if (error instanceof ProblemError) expect(error.problem.condition).toBe('bad-request');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives exactly one of a question, an outcome and outcomes, once what is off the route is pruned', () => {
    check((tree, answers) => {
      const { question, outcome, outcomes } = evaluate(tree, prune(tree, answers));
      expect([question, outcome, outcomes].filter((one) => one !== undefined)).toHaveLength(1);
    });
  });

  it('refuses exactly the answers that pruning drops', () => {
    check((tree, answers) => {
      const dropped = Object.keys(answers).filter((id) => !Object.hasOwn(prune(tree, answers), id));
      try {
        evaluate(tree, answers);
        expect(dropped).toEqual([]);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        expect(error.faults.map((fault) => fault.at).toSorted()).toEqual(
          dropped.map((id) => `/answers/${id}`).toSorted(),
        );
      }
    });
  });

  it('walks a route that starts at the start and enters each question by an answer before it', () => {
    check((tree, answers) => {
      const { route } = evaluate(tree, prune(tree, answers));
      const entered = new Set([tree.start]);
      for (const { question: id, answer } of route) {
        expect(entered).toContain(id);
        const question = tree.questions.find((one) => one.id === id);
        for (const choice of answer === 'unsure' ? (['yes', 'no'] as const) : [answer])
          entered.add(question?.answers[choice].question ?? tree.start);
      }
    });
  });

  it('leaves open with unsure what yes and no leave open between them', () => {
    check((tree, answers) => {
      for (const { id } of tree.questions) {
        const left = (answer: 'yes' | 'no' | 'unsure'): readonly string[] =>
          possiblePatterns(tree, readAnswers(tree, { ...answers, [id]: answer }));
        expect(new Set(left('unsure'))).toEqual(new Set([...left('yes'), ...left('no')]));
      }
    });
  });

  it('names for every outcome that was not chosen the answer that ruled it out', () => {
    check((tree, answers) => {
      const pruned = prune(tree, answers);
      const { outcome } = evaluate(tree, pruned);
      if (outcome === undefined) return;
      for (const option of optionsOf(tree, pruned)) {
        expect(option.chosen).toBe(option.pattern === outcome.pattern);
        expect(option.parted === undefined).toBe(option.chosen);
      }
    });
  });

  it('changes nothing but the warnings when the circumstances are given', () => {
    check((tree, answers) => {
      const pruned = prune(tree, answers);
      const plain = evaluate(tree, pruned);
      const known = evaluate(tree, pruned, {
        purpose: 'secondary-use',
        batch: true,
        humanStep: true,
        quickResponse: false,
      });
      expect({ ...known, warnings: [] }).toEqual({ ...plain, warnings: [] });
    });
  });
});
