import { INVALID_PARAMETER, ProblemError } from '../../sandbox/problem.ts';
import { parseAnswers } from '../guide/answers-text.ts';
import { evaluate } from '../guide/engine.ts';
import type { Context, Tree } from '../guide/tree.ts';
import { toGuide } from '../guide/wire.ts';
import { ok, type ServiceHandlers } from './call.ts';

/** Whatever the drawing refuses of the answers is the fault of the query parameter. */
const inParameter = <T>(draw: () => T): T => {
  try {
    return draw();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(
      INVALID_PARAMETER,
      error.faults.map((fault) => ({ ...fault, at: 'answers' })),
    );
  }
};

export const guideHandlers = (tree: Tree): ServiceHandlers => ({
  getGuide: async () => ok(toGuide(tree)),

  evaluateGuide: async ({ body }) => {
    // The contract's schema has been met.
    const { answers, context } = body as { answers: unknown; context?: Context };
    return ok(evaluate(tree, answers, context ?? {}));
  },

  drawGuide: async ({ query }) => {
    const answers = inParameter(() => parseAnswers(query.get('answers') ?? ''));
    if (query.get('format') === 'mermaid') {
      const { drawMermaid } = await import('../guide/draw-mermaid.ts');
      const body = inParameter(() => drawMermaid(tree, answers));
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
    }
    const { drawSvg } = await import('../guide/draw-svg.ts');
    const body = inParameter(() => drawSvg(tree, answers));
    return { status: 200, headers: { 'content-type': 'image/svg+xml; charset=utf-8' }, body };
  },
});
