import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Decision, DecisionRequest } from '../decisions/decision.ts';
import { toMarkdown } from '../decisions/markdown.ts';
import type { Decisions } from '../decisions/records.ts';
import { created, ok, type ServiceHandlers } from './call.ts';
import { refuseRealNumbers } from './decision-numbers.ts';

export interface DecisionOptions {
  readonly decisions: Decisions;
  readonly catalogue: Pick<Catalogue, 'ids' | 'manifest'>;
  readonly allowRealNhsNumbers: boolean;
  /** The sandboxes made from each of these decisions, by its id. */
  sandboxesOf(decisions: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The same for projects. */
  scaffoldsOf(decisions: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}

const limitOf = (query: URLSearchParams): number => Number(query.get('limit') ?? 100);

export const decisionHandlers = ({
  decisions,
  catalogue,
  allowRealNhsNumbers,
  sandboxesOf,
  scaffoldsOf,
}: DecisionOptions): ServiceHandlers => {
  const joined = async (items: readonly Decision[]): Promise<Decision[]> => {
    const ids = items.map(({ id }) => id);
    const [made, taken] = await Promise.all([sandboxesOf(ids), scaffoldsOf(ids)]);
    return items.map((item) => ({ ...item, sandboxes: made.get(item.id) ?? [], scaffolds: taken.get(item.id) ?? [] }));
  };
  const facts = async () =>
    Object.fromEntries(await Promise.all(catalogue.ids.map(async (id) => [id, await catalogue.manifest(id)] as const)));
  return {
    listDecisions: async ({ query }) => {
      const solution = query.get('solution') ?? undefined;
      const after = query.get('after') ?? undefined;
      const page = await decisions.list({
        limit: limitOf(query),
        ...(solution === undefined ? {} : { solution }),
        ...(after === undefined ? {} : { after }),
      });
      return ok({ ...page, items: await joined(page.items) });
    },

    recordDecision: async ({ body }) => {
      // The contract's schema has been met.
      const asked = body as DecisionRequest;
      if (!allowRealNhsNumbers) refuseRealNumbers({ ...asked });
      const decision = await decisions.record(asked);
      return created(`/api/decisions/${decision.id}`, decision);
    },

    getDecision: async ({ params, type }) => {
      const found = await decisions.read(params.decisionId ?? '');
      if (found === undefined) throw problem(NOT_FOUND, 'There is no decision with this id');
      const [decision = found] = await joined([found]);
      if (type !== 'text/markdown') return ok(decision);
      const headers = { 'content-disposition': `inline; filename="decision-${decision.id}.md"` };
      return { status: 200, headers, body: toMarkdown(decision, await facts()) };
    },
  };
};
