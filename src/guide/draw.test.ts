import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawMermaid } from './draw-mermaid.ts';
import { drawSvg } from './draw-svg.ts';
import { BOX, layOut } from './layout.ts';
import { loadTree } from './load.ts';
import { arbitraryAnswers, arbitraryTree } from './test/arbitrary-tree.ts';
import { prune } from './walk.ts';
import { wrap } from './wrap.ts';

const tree = await loadTree(fileURLToPath(new URL('../../patterns/decision-tree.yaml', import.meta.url)));
const svg = drawSvg(tree, { Q1: 'yes', Q2: 'no' });
const treeAndAnswers = arbitraryTree.chain((any) => fc.tuple(fc.constant(any), arbitraryAnswers(any)));

describe('the layout', () => {
  it('gives seven questions, eight leaves and fourteen ways', () => {
    const { boxes, edges } = layOut(tree);
    expect(boxes.filter((box) => box.question !== undefined)).toHaveLength(7);
    expect(boxes.filter((box) => box.pattern !== undefined)).toHaveLength(8);
    expect(edges).toHaveLength(14);
  });

  it('draws every question of any tree once, none over another, and every way to the right', () => {
    fc.assert(
      fc.property(arbitraryTree, (any) => {
        const { boxes, edges, width, height } = layOut(any);
        expect(boxes.flatMap((box) => box.question?.id ?? []).toSorted()).toEqual(
          any.questions.map(({ id }) => id).toSorted(),
        );
        expect(edges).toHaveLength(2 * any.questions.length);
        for (const edge of edges) expect(edge.to.x).toBeGreaterThan(edge.from.x);
        for (const [index, box] of boxes.entries()) {
          expect(box.x + BOX.width <= width && box.y + box.height <= height && box.y >= 0).toBe(true);
          for (const other of boxes.slice(index + 1).filter((one) => one.x === box.x))
            expect(other.y >= box.y + box.height || box.y >= other.y + other.height).toBe(true);
        }
      }),
    );
  });
});

describe('wrapping', () => {
  it.each([
    ['between words', 'Is it a proactive request?', 8, ['Is it a', 'proactive', 'request?']],
    ['inside a word that is too long', 'acknowledgement', 4, ['acknow', 'ledgem', 'ent']],
    ['into nothing where there is nothing', ' \n ', 4, []],
  ])('breaks %s', (_title, text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

describe('the SVG', () => {
  it('has a title and a description that tells the whole tree and the route', () => {
    expect(svg).toContain('<title id="tree-title">Selecting an integration pattern</title>');
    expect(svg).toMatch(
      /<desc id="tree-words">Q1: .* Yes leads to Q2. No leads to Q5. .*The route taken: Q1 yes, Q2 no\.<\/desc>/,
    );
  });

  it('marks the route, the next question, and what an unsure answer leaves open', () => {
    expect(svg.match(/class="tree-question on-route" data-question="\w+"/g)).toEqual([
      expect.stringContaining('Q2'),
      expect.stringContaining('Q1'),
    ]);
    expect(svg).toContain('class="tree-question is-next" data-question="Q4"');
    expect(svg).toContain('class="tree-way on-route" data-way="Q2:no"');
    expect(drawSvg(tree, { Q1: 'unsure' }).match(/tree-way may-be/g)).toHaveLength(2);
    expect(drawSvg(tree, { Q1: 'no', Q5: 'no', Q7: 'yes' })).toContain(
      'class="tree-pattern on-route" data-pattern="information-push"',
    );
  });

  it('has nothing that a strict content security policy forbids', () => {
    expect(svg).not.toMatch(/\sstyle=|<style|<script|href=|\son\w+=/);
  });

  it('is well-formed XML whatever the texts are', () => {
    fc.assert(
      fc.property(treeAndAnswers, fc.string({ unit: 'binary' }), ([any, answers], title) => {
        const drawn = drawSvg({ ...any, title }, prune(any, answers));
        const tags = drawn.matchAll(/<(\/?)(svg|g|title|desc|text|tspan|path|rect)(?:\s[\w:-]+="[^"<]*")*(\/?)>/g);
        const open: string[] = [];
        for (const [, closes, name = '', empty] of tags) {
          if (closes === '/') expect(open.pop()).toBe(name);
          else if (empty !== '/') open.push(name);
        }
        expect(open).toEqual([]);
        const texts = drawn.replace(/<\/?[a-z][^<>]*>/g, '');
        expect(texts).not.toMatch(/[<>]|&(?!#\d+;)/);
      }),
    );
  });

  it('lets no prefix out of its attribute', () => {
    expect(drawSvg(tree, {}, 'x" onload="y')).not.toContain('" onload="');
  });

  it('refuses answers that are off the route', () => {
    expect(() => drawSvg(tree, { Q7: 'yes' })).toThrow(/Q7 is not on the route/);
  });
});

describe('Mermaid', () => {
  it('has one line for every box and every way, and thickens the route', () => {
    const lines = drawMermaid(tree, { Q1: 'no', Q5: 'yes', Q6: 'yes' }).split('\n');
    expect(lines.filter((line) => /^ {2}question_\w+\{\{/.test(line))).toHaveLength(7);
    expect(lines.filter((line) => /^ {2}leaf_\w+\(\[/.test(line))).toHaveLength(8);
    expect(lines.filter((line) => line.includes('-->|'))).toHaveLength(14);
    expect(lines).toContain('  class question_Q1,question_Q5,question_Q6,leaf_Q6_yes onRoute');
    expect(lines).toContain('  linkStyle 1,8,10 stroke-width:4px');
  });

  it('lets no text out of its quotes', () => {
    fc.assert(
      fc.property(arbitraryTree, (any) => {
        for (const line of drawMermaid(any)
          .split('\n')
          .filter((one) => /^ {2}(question|leaf)_/.test(one)))
          expect(line).toMatch(
            /^ {2}(?:question_N\d+\{\{"[^"<>`]*"\}\}|leaf_N\d+_(?:yes|no)\(\["[^"<>`]*"\]\)|question_N\d+ -->\|(?:Yes|No)\| (?:question_N\d+|leaf_N\d+_(?:yes|no)))$/,
          );
      }),
    );
  });
});
