import type { Catalogue } from '../catalogue.ts';
import { ok, type ServiceHandlers } from './call.ts';

export interface PatternOptions {
  readonly catalogue: Catalogue;
  /** The lessons of a pattern, as its page lists them. */
  scenariosOf(pattern: string): Promise<readonly object[]>;
}

export const patternHandlers = ({ catalogue, scenariosOf }: PatternOptions): ServiceHandlers => {
  const summary = async (id: string) => {
    const { title, summary: text } = await catalogue.manifest(id);
    return { id, title, summary: text, live: catalogue.live(id), dialects: await catalogue.dialects(id) };
  };
  return {
    listPatterns: async () => ok({ items: await Promise.all(catalogue.ids.map(summary)) }),

    getPattern: async ({ params }) => {
      const id = params.patternId ?? '';
      return ok({
        ...(await catalogue.manifest(id)),
        ...(await summary(id)),
        requirements: await catalogue.requirements(id),
        scenarios: await scenariosOf(id),
      });
    },
  };
};
