import { createCtx } from './context.ts';
import type { Host } from './http/host.ts';
import { fireMessageTimer, isMessageTimer } from './messages/message-timers.ts';
import { findParticipant, loadSandbox } from './participants.ts';
import { NOT_FOUND, problem } from './problem.ts';
import { Recording } from './recording.ts';
import type { Firing } from './timers.ts';

/**
 * Runs the handler that a pattern has for a timer, as the participant whose timer it is. Its first transaction takes the
 * timer away; it may send before and after.
 */
export const fireTimers =
  (host: Host) =>
  async (firing: Firing): Promise<string | undefined> => {
    const { sandbox, timer } = firing;
    if (isMessageTimer(timer.name)) return fireMessageTimer(host, firing);
    const loaded = await loadSandbox(host.sql, sandbox.id);
    const participant = loaded && findParticipant(loaded, firing.participant);
    if (loaded === undefined || participant === undefined || loaded.row.serial !== sandbox.serial)
      throw problem(NOT_FOUND, 'The sandbox was deleted or reset in the meantime');
    // A seat that somebody else has taken does not act by itself, and a stopped one does nothing.
    if (participant.mode !== 'simulated') return `not run: ${participant.name} is ${participant.mode}`;
    const pattern = await host.pattern(loaded.row.pattern);
    const handler = pattern.app.timers?.[timer.name];
    if (handler === undefined) throw new Error(`${pattern.id} has no handler for the timer ${timer.name}`);
    const { dialect } = await pattern.dialect(loaded.row.dialect);
    const recording = new Recording({ begin: firing.claim }, () => firing.exchange);
    const cause = () => ['timer', timer.name, timer.due, JSON.stringify(timer.data)];
    const row = { ...loaded.row, clock_base: firing.now, clock_anchor_real: host.now() };
    await handler(timer, createCtx(host, { ...loaded, row }, participant, dialect, { recording, cause }));
    return undefined;
  };
