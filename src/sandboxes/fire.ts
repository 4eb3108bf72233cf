import { createCtx } from '../../sandbox/context.ts';
import type { Host } from '../../sandbox/http/host.ts';
import { findParticipant, loadSandbox } from '../../sandbox/participants.ts';
import type { Timer } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

/** Runs the pattern's handler of a timer in the transaction that took the timer away; see sandbox/timers.ts. */
export const createFire =
  (host: Host) =>
  async (tx: Tx, sandboxId: string, participantName: string, timer: Timer): Promise<void> => {
    const sandbox = await loadSandbox(tx, sandboxId);
    const participant = sandbox && findParticipant(sandbox, participantName);
    if (sandbox === undefined || participant === undefined) return;
    const pattern = await host.pattern(sandbox.row.pattern);
    const { dialect } = await pattern.dialect(sandbox.row.dialect);
    const ctx = createCtx(host, sandbox, participant, dialect, { tx, cause: () => ['timer', timer.name, timer.due] });
    await pattern.app.timers?.[timer.name]?.(timer, ctx);
  };
