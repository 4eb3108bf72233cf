import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';
import { type Actor, controlledRun } from './control.ts';
import type { Surroundings } from './surroundings.ts';
import { readDuration } from './ttl.ts';
import { openSandbox } from './view.ts';

/** ClockRequest of openapi/service.yaml. */
export interface ClockRequest {
  readonly advance?: string;
  readonly speed?: number;
}

/** ClockResult of openapi/service.yaml. */
export interface ClockResult {
  readonly now: string;
  readonly speed: number;
  readonly fired: number;
  readonly pending: number;
}

const paceOf = (speed: number): string => {
  if (speed === 0) return 'clock stands still';
  return speed === 1 ? 'clock runs in real time' : `clock runs ${speed} times as fast`;
};

/** Changes the speed, then advances: each as the request asks, at least one of them. */
export const setClock = async (
  around: Surroundings,
  actor: Actor,
  id: string,
  request: ClockRequest,
): Promise<ClockResult> => {
  const { host, timers } = around;
  const { advance, speed } = request;
  if (advance === undefined && speed === undefined)
    throw problem(BAD_REQUEST, 'Say by how much to advance, or how fast to run', { at: '/' });
  const ahead = advance === undefined ? 0 : readDuration(advance, '/advance');
  const sandbox = await openSandbox(host, id);
  const words = [
    ...(speed === undefined ? [] : [paceOf(speed)]),
    ...(advance === undefined ? [] : [`clock advanced by ${advance}`]),
  ];
  const action = { operation: 'setClock', to: 'fingerpost', summary: words.join(', '), input: request };
  return controlledRun(host, sandbox, actor, action, async () => {
    if (speed !== undefined) await timers.setSpeed(id, speed);
    const { now, fired, pending } = await timers.advance(id, ahead);
    const { row } = await openSandbox(host, id);
    return { now: new Date(now).toISOString(), speed: row.clock_speed, fired, pending };
  });
};

/** An ISO 8601 duration ahead. */
export const advanceClock = (around: Surroundings, actor: Actor, id: string, duration: string): Promise<ClockResult> =>
  setClock(around, actor, id, { advance: duration });
