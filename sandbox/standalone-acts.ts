import { createCtx } from './context.ts';
import type { LoadedPattern } from './http/host.ts';
import { findParticipant, type LoadedSandbox, loadSandbox } from './participants.ts';
import type { Standalone } from './standalone.ts';

/** What can be done in the sandboxes of a pattern that is served by itself. */
export interface StandaloneActs {
  act(sandbox: string, participant: string, act: string, input?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Moves the sandbox's clock on, once what goes on has settled; resolves when all that fell due has. */
  advance(sandbox: string, milliseconds: number): Promise<void>;
  settled(sandbox: string): Promise<void>;
}

/** The sandbox; throws where there is none. */
export const requireSandbox = async ({ host }: Pick<Standalone, 'host'>, id: string): Promise<LoadedSandbox> => {
  const sandbox = await loadSandbox(host.sql, id);
  if (sandbox === undefined) throw new Error(`no sandbox ${id}`);
  return sandbox;
};

export const actsOf = (standalone: Standalone, pattern: LoadedPattern): StandaloneActs => {
  const settled = async (id: string): Promise<void> => {
    const { row } = await requireSandbox(standalone, id);
    await standalone.messages.settled({ id, serial: row.serial });
  };
  return {
    act: async (id, participant, act, input = {}) => {
      const sandbox = await requireSandbox(standalone, id);
      const actor = findParticipant(sandbox, participant);
      const found = pattern.app.acts?.[participant]?.[act];
      if (actor === undefined || found === undefined) throw new Error(`${participant} has no act ${act}`);
      const { dialect } = await pattern.dialect(sandbox.row.dialect);
      return found.run(input, createCtx(standalone.host, sandbox, actor, dialect));
    },
    advance: async (id, milliseconds) => {
      await standalone.timers.advance(id, milliseconds);
      await settled(id);
    },
    settled,
  };
};
