import { wayKey } from './mark.ts';
import { CHOICES, type Choice, type Tree, type TreeQuestion } from './tree.ts';
import { questionOf } from './walk.ts';
import { wrap } from './wrap.ts';

/** Lengths are SVG user units, which are CSS pixels at 100 %. */
export const BOX = { width: 200, padding: 12, font: 14, line: 18 } as const;
const GAP = { across: 64, down: 16 } as const;

export interface Box {
  /** The question's id, or `Q3:yes` for the leaf that this answer leads to. */
  readonly key: string;
  readonly question?: TreeQuestion;
  readonly pattern?: string;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface Edge {
  readonly from: Box;
  readonly to: Box;
  readonly choice: Choice;
  /** Where it enters, below or above the middle of `to`: several edges into one box stay apart. */
  readonly offset: number;
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
}

/** The longest way to each question, so that every edge points to the right. */
const depthsOf = (tree: Tree): ReadonlyMap<string, number> => {
  const depths = new Map<string, number>();
  const waiting = new Map<string, number>();
  const nextOf = (id: string): string[] =>
    CHOICES.flatMap((choice) => questionOf(tree, id).answers[choice].question ?? []);
  for (const { id } of tree.questions) for (const next of nextOf(id)) waiting.set(next, (waiting.get(next) ?? 0) + 1);
  const ready = [tree.start];
  depths.set(tree.start, 0);
  for (const id of ready)
    for (const next of nextOf(id)) {
      depths.set(next, Math.max(depths.get(next) ?? 0, (depths.get(id) ?? 0) + 1));
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  return depths;
};

/** Places each question between what its answers lead to, left to right; one that several answers lead to is drawn once. */
export const layOut = (tree: Tree): Layout => {
  const depths = depthsOf(tree);
  const boxes = new Map<string, Box>();
  const placed = new Set<string>();
  let bottom = 0;

  const put = (box: Omit<Box, 'x' | 'height'>, depth: number, height: number): Box => {
    const made = { ...box, x: depth * (BOX.width + GAP.across), height };
    boxes.set(box.key, made);
    return made;
  };
  const heightOf = (lines: readonly string[]): number => lines.length * BOX.line + 2 * BOX.padding;
  const inBox = (BOX.width - 2 * BOX.padding) / BOX.font;

  const placeLeaf = (key: string, pattern: string, depth: number): Box => {
    const lines = wrap(tree.outcomes.find((outcome) => outcome.pattern === pattern)?.title ?? pattern, inBox);
    const height = heightOf(lines);
    const box = put({ key, pattern, lines, y: bottom }, depth, height);
    bottom += height + GAP.down;
    return box;
  };

  const place = (id: string): Box => {
    placed.add(id);
    const question = questionOf(tree, id);
    const depth = depths.get(id) ?? 0;
    const lines = [id, ...wrap(question.short, inBox)];
    const height = heightOf(lines);
    const top = bottom;
    const below = CHOICES.flatMap((choice) => {
      const { question: next, pattern } = question.answers[choice];
      if (pattern !== undefined) return placeLeaf(wayKey(id, choice), pattern, depth + 1);
      return next === undefined || placed.has(next) ? [] : place(next);
    });
    const middles = below.map((box) => box.y + box.height / 2);
    const middle = below.length === 0 ? top + height / 2 : middles.reduce((sum, one) => sum + one, 0) / below.length;
    const y = Math.max(top, middle - height / 2);
    bottom = Math.max(bottom, y + height + GAP.down);
    return put({ key: id, question, lines, y }, depth, height);
  };
  place(tree.start);

  const links = [...boxes.values()].flatMap((from) =>
    CHOICES.flatMap((choice) => {
      const to = boxes.get(from.question?.answers[choice].question ?? wayKey(from.key, choice));
      return from.question === undefined || to === undefined ? [] : { from, to, choice };
    }),
  );
  const edges = links.map((link): Edge => {
    const into = links.filter((other) => other.to === link.to);
    return { ...link, offset: (into.indexOf(link) - (into.length - 1) / 2) * BOX.line };
  });
  const all = [...boxes.values()];
  return {
    boxes: all,
    edges,
    width: Math.max(...all.map((box) => box.x)) + BOX.width,
    height: Math.max(...all.map((box) => box.y + box.height)),
  };
};
