import type { Answers, Branch, Guide } from '../data/api-types.ts';
import { wrapText } from './wrap-text.ts';

export interface TreeNode {
  readonly kind: 'question' | 'outcome';
  /** The question's id, or the pattern's. */
  readonly id: string;
  /** At most two lines. */
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly onRoute: boolean;
  readonly current: boolean;
}

export interface TreeEdge {
  readonly label: string;
  readonly onRoute: boolean;
  /** From the parent down, then right to the child. */
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
}

export interface TreeLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly TreeNode[];
  readonly edges: readonly TreeEdge[];
}

const ROW = 38;
const INDENT = 40;
const MARGIN = 20;
const LABEL_WIDTH = 204;
/** About what fits into LABEL_WIDTH at 12.5 px. */
const LABEL_CHARACTERS = 27;
const ANSWERS = ['yes', 'no'] as const;

const followed = (answer: string | undefined, branch: string): boolean => answer === branch || answer === 'unsure';

/**
 * The tree as an indented list with elbows: one row for each question and each leaf, so that it fits a narrow column and
 * reads from top to bottom. Every path has its own leaf, as in the chapter's own drawing.
 */
export const layoutTree = (guide: Guide, answers: Answers, current?: string): TreeLayout => {
  const questions = new Map(guide.questions.map((question) => [question.id, question]));
  const titles = new Map(guide.outcomes.map((outcome) => [outcome.pattern, outcome.title]));
  const nodes: TreeNode[] = [];
  const edges: TreeEdge[] = [];
  let row = 0;
  let deepest = 0;

  const place = (kind: TreeNode['kind'], id: string, label: string, depth: number, onRoute: boolean): TreeNode => {
    const node = {
      kind,
      id,
      lines: wrapText(label, LABEL_CHARACTERS, 2),
      x: MARGIN + depth * INDENT,
      y: MARGIN + row * ROW,
      onRoute,
      current: kind === 'question' && id === current,
    };
    row += 1;
    deepest = Math.max(deepest, depth);
    nodes.push(node);
    return node;
  };

  const child = (branch: Branch, depth: number, onRoute: boolean, seen: readonly string[]): TreeNode | undefined => {
    if (branch.question !== undefined) return visit(branch.question, depth, onRoute, seen);
    if (branch.pattern === undefined) return undefined;
    return place('outcome', branch.pattern, titles.get(branch.pattern) ?? branch.pattern, depth, onRoute);
  };

  const visit = (id: string, depth: number, onRoute: boolean, seen: readonly string[]): TreeNode | undefined => {
    const question = questions.get(id);
    if (question === undefined || seen.includes(id)) return undefined;
    const node = place('question', id, question.short ?? '', depth, onRoute);
    for (const answer of ANSWERS) {
      const branch = question.answers[answer];
      if (branch === undefined) continue;
      const taken = onRoute && followed(answers[id], answer);
      const below = child(branch, depth + 1, taken, [...seen, id]);
      if (below === undefined) continue;
      const label = answer === 'yes' ? 'Yes' : 'No';
      edges.push({ label, onRoute: taken, from: { x: node.x, y: node.y }, to: { x: below.x, y: below.y } });
    }
    return node;
  };

  visit(guide.start, 0, true, []);
  return {
    width: MARGIN + deepest * INDENT + LABEL_WIDTH,
    height: MARGIN * 2 + Math.max(0, row - 1) * ROW,
    nodes,
    edges: [...edges.filter((edge) => !edge.onRoute), ...edges.filter((edge) => edge.onRoute)],
  };
};
