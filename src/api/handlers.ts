import type { Catalogue } from '../catalogue.ts';
import type { Jobs } from '../conformance/jobs.ts';
import { policedFetch, policedMllp } from '../conformance/policed-fetch.ts';
import { createDecisions, type Decisions } from '../decisions/records.ts';
import { evaluate } from '../guide/engine.ts';
import { optionsOf } from '../guide/options.ts';
import type { Tree } from '../guide/tree.ts';
import type { Surroundings } from '../sandboxes/surroundings.ts';
import { sandboxesOfDecisions } from '../sandboxes/view.ts';
import { scaffoldsOfDecisions } from '../scaffold/records.ts';
import type { ServiceHandlers } from './call.ts';
import { conformanceHandlers } from './conformance-handlers.ts';
import { decisionHandlers } from './decision-handlers.ts';
import { guideHandlers } from './guide-handlers.ts';
import { hl7Handlers } from './hl7-handlers.ts';
import { judgementHandlers } from './judgement-handlers.ts';
import { patternHandlers } from './pattern-handlers.ts';
import { queueHandlers } from './queue-handlers.ts';
import { journalHandlers, lessonHandlers, sandboxHandlers } from './sandbox-handlers.ts';
import { scaffoldHandlers } from './scaffold-handlers.ts';

export interface HandlerOptions {
  readonly catalogue: Catalogue;
  readonly around: Surroundings;
  /** Checked, and its outcomes are patterns of the catalogue. */
  readonly tree: Tree;
  readonly jobs: Jobs;
  /** Of this package. */
  readonly tool: string;
}

const openDecisions = (around: Surroundings, tree: Tree): Decisions =>
  createDecisions({
    sql: around.host.sql,
    now: () => around.host.now(),
    guide: {
      edition: tree.edition,
      evaluate: (answers, context) => evaluate(tree, answers, context),
      options: (answers) => optionsOf(tree, answers),
    },
  });

/** Every operation of openapi/service.yaml that this build answers, joined from the parts that know nothing of each other. */
export const serviceHandlers = ({ catalogue, around, tree, jobs, tool }: HandlerOptions): ServiceHandlers => {
  const decisions = openDecisions(around, tree);
  return {
    ...guideHandlers(tree),
    ...hl7Handlers(around.host),
    ...decisionHandlers({
      decisions,
      catalogue,
      allowRealNhsNumbers: around.host.allowRealNhsNumbers,
      sandboxesOf: (ids) => sandboxesOfDecisions(around, ids),
      scaffoldsOf: (ids) => scaffoldsOfDecisions(around.host.sql, ids),
    }),
    ...scaffoldHandlers({ catalogue, decisions, sql: around.host.sql, now: () => around.host.now() }),
    ...patternHandlers({ catalogue, scenariosOf: around.scenarios }),
    ...sandboxHandlers({
      around,
      decisionExists: async (id) => (await decisions.read(id)) !== undefined,
    }),
    ...lessonHandlers(around),
    ...journalHandlers(around),
    ...queueHandlers(around),
    ...judgementHandlers({ catalogue, around, tool }),
    ...conformanceHandlers({
      catalogue,
      jobs,
      tool,
      fetch: policedFetch(around.host),
      resolveMllp: policedMllp(around.host),
      mayListen: around.host.listensOnLoopbackOnly,
    }),
  };
};
