import { describe, expect, it } from 'vitest';
import { sampleGuide } from '../guide/sample-guide.ts';
import { layoutTree } from './tree-layout.ts';

describe('the layout of the tree', () => {
  const layout = layoutTree(sampleGuide, {});

  it('gives every question one row and every path its own leaf', () => {
    expect(layout.nodes.filter((node) => node.kind === 'question').map((node) => node.id)).toEqual([
      'Q1',
      'Q2',
      'Q3',
      'Q4',
      'Q5',
      'Q6',
      'Q7',
    ]);
    expect(layout.nodes.filter((node) => node.kind === 'outcome')).toHaveLength(8);
    expect(new Set(layout.nodes.map((node) => node.y)).size).toBe(15);
    expect(layout.edges).toHaveLength(14);
  });

  it('keeps everything inside the drawing', () => {
    for (const { x, y } of layout.nodes) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(layout.width);
      expect(y).toBeLessThan(layout.height);
    }
  });

  it('marks the route, and draws it above the rest', () => {
    const routed = layoutTree(sampleGuide, { Q1: 'yes', Q2: 'no', Q4: 'yes' });
    expect(routed.nodes.filter((node) => node.onRoute).map((node) => node.id)).toEqual([
      'Q1',
      'Q2',
      'Q4',
      'shared-repository',
    ]);
    expect(routed.edges.slice(-3).every((edge) => edge.onRoute)).toBe(true);
  });

  it('marks both branches of an answer that is not sure', () => {
    const routed = layoutTree(sampleGuide, { Q1: 'yes', Q2: 'unsure' });
    expect(routed.nodes.filter((node) => node.onRoute).map((node) => node.id)).toEqual(['Q1', 'Q2', 'Q3', 'Q4']);
  });

  it('does not mark an answer that the route does not reach', () => {
    const routed = layoutTree(sampleGuide, { Q5: 'yes' });
    expect(routed.edges.filter((edge) => edge.onRoute)).toEqual([]);
  });

  it('marks the question that is being asked', () => {
    expect(layoutTree(sampleGuide, { Q1: 'yes' }, 'Q2').nodes.find((node) => node.current)?.id).toBe('Q2');
  });

  it('ends where a tree of somebody else’s goes round in a circle', () => {
    const [first, ...rest] = sampleGuide.questions;
    const circle = {
      ...sampleGuide,
      questions: [
        ...(first === undefined ? [] : [{ ...first, answers: { yes: { label: 'Yes', question: 'Q1' } } }]),
        ...rest,
      ],
    };
    expect(layoutTree(circle, {}).nodes).toHaveLength(1);
  });
});
