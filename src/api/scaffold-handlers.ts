import { BAD_REQUEST, CONFLICT, problem } from '../../sandbox/problem.ts';
import type { Sql } from '../../sandbox/sql/port.ts';
import type { Catalogue } from '../catalogue.ts';
import { toSection } from '../decisions/markdown.ts';
import type { Decisions } from '../decisions/records.ts';
import { type Ask, CHECK } from '../scaffold/ask.ts';
import { type EngineKind, engineFor, enginesOf } from '../scaffold/engines.ts';
import { hashOf, makeProject } from '../scaffold/project.ts';
import { recordScaffold } from '../scaffold/records.ts';
import { zipped } from '../scaffold/zip.ts';
import { ok, type ServiceHandlers } from './call.ts';
import { factsFor } from './scaffold-facts.ts';

export interface ScaffoldOptions {
  readonly catalogue: Catalogue;
  readonly decisions: Decisions;
  readonly sql: Sql;
  now(): number;
}

/** One project at a time is packed: that takes the processor for as long as it lasts. */
export const scaffoldHandlers = ({ catalogue, decisions, sql, now }: ScaffoldOptions): ServiceHandlers => {
  const decisionOf = async (id: string, pattern: string): Promise<NonNullable<Ask['decision']>> => {
    const found = await decisions.read(id);
    if (found === undefined) throw problem(BAD_REQUEST, 'There is no decision with this id', { at: 'decision' });
    // Its record stands in the README as why the project is this pattern.
    if (found.outcome.pattern !== pattern)
      throw problem(CONFLICT, `The decision leads to ${found.outcome.pattern}, which ${pattern} is not`, {
        at: 'decision',
      });
    const facts = await Promise.all(catalogue.ids.map(async (one) => [one, await catalogue.manifest(one)] as const));
    return { id, answers: found.answers, markdown: toSection(found, Object.fromEntries(facts), CHECK) };
  };
  const choices = (kind: EngineKind) => enginesOf(catalogue.root, kind).map(({ id, title }) => ({ id, title }));
  return {
    listEngines: async () => ok({ stores: choices('store'), brokers: choices('broker') }),
    getScaffold: async ({ params, query }) => {
      const { patternId: pattern = '' } = params;
      const dialect = query.get('dialect') ?? undefined;
      const facts = await factsFor(catalogue, pattern, dialect);
      const id = query.get('decision') ?? undefined;
      const decision = id === undefined ? undefined : await decisionOf(id, pattern);
      const ask: Ask = {
        pattern,
        broker: engineFor(catalogue.root, 'broker', query.get('broker') ?? undefined),
        store: engineFor(catalogue.root, 'store', query.get('store') ?? undefined),
        ...(dialect === undefined ? {} : { dialect }),
        ...(decision === undefined ? {} : { decision }),
      };
      const zip = zipped(await makeProject(catalogue.root, ask, facts), pattern);
      if (decision !== undefined) await recordScaffold(sql, decision.id, hashOf(zip).slice(0, 16), now());
      return { status: 200, headers: { 'content-disposition': `attachment; filename="${pattern}.zip"` }, body: zip };
    },
  };
};
