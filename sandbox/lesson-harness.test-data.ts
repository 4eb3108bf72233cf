import { createCtx } from './context.ts';
import { ctxWith } from './ctx-with.ts';
import { parseDuration } from './duration.ts';
import { replaceFaults } from './faults.ts';
import type { LoadedPattern } from './http/host.ts';
import { findParticipant, loadSandbox } from './participants.ts';
import type { Ctx } from './pattern.ts';
import type { Played } from './pattern-harness.test-data.ts';
import type { ScenarioDeps, ScenarioSandbox } from './scenario-steps.ts';

const noting = (ctx: Ctx, exchanges: string[]): Ctx =>
  ctxWith(ctx, {
    send: async (to, request) => {
      const reply = await ctx.send(to, request);
      exchanges.push(reply.exchange);
      return reply;
    },
  });

/** For the tests of patterns: what the player of scenarios needs, over a pattern that is served by itself. */
export const lessonDeps = async (
  played: Pick<Played, 'host' | 'advance' | 'settled'>,
  pattern: LoadedPattern,
  id: string,
): Promise<{ readonly deps: ScenarioDeps; readonly sandbox: ScenarioSandbox }> => {
  const { host } = played;
  const load = async () => {
    const sandbox = await loadSandbox(host.sql, id);
    if (sandbox === undefined) throw new Error(`no sandbox ${id}`);
    return sandbox;
  };
  const { row, participants } = await load();
  const { dialect } = await pattern.dialect(row.dialect);
  const deps: ScenarioDeps = {
    sql: host.sql,
    journal: host.journal,
    act: async (name, act, input) => {
      const sandbox = await load();
      const participant = findParticipant(sandbox, name);
      const found = pattern.app.acts?.[name]?.[act];
      if (participant === undefined || found === undefined) throw new Error(`no act ${act} of ${name}`);
      const exchanges: string[] = [];
      return {
        result: await found.run(input, noting(createCtx(host, sandbox, participant, dialect), exchanges)),
        exchanges,
      };
    },
    setFaults: (faults) => host.sql.transaction((tx) => replaceFaults(tx, row.serial, faults)),
    advance: (duration) => played.advance(id, parseDuration(duration)),
    settled: () => played.settled(id),
  };
  return { deps, sandbox: { id, serial: row.serial, dialect: row.dialect, participants } };
};

/** What was not as a played scenario expects, a line for each step. */
export const notAsExpected = ({
  steps,
}: {
  readonly steps: readonly { readonly outcome: string; readonly title: string; readonly detail?: string }[];
}): string[] =>
  steps.flatMap(({ outcome, title, detail }) => (outcome === 'as-expected' ? [] : [`${title}: ${detail}`]));
