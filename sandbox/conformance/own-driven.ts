import { parseDuration } from '../duration.ts';
import type { LoadedPattern } from '../http/host.ts';
import { findParticipant } from '../participants.ts';
import type { NewSandbox, Standalone } from '../standalone.ts';
import { actsOf, requireSandbox } from '../standalone-acts.ts';
import type { DrivenSeat, OwnSandbox } from './own-seats.ts';

/** The seat is taken, by what is at `url`, or left; what is under way to whoever had it goes on. */
const setSeat = async ({ host, messages }: Standalone, id: string, name: string, url?: string): Promise<void> => {
  const { row } = await requireSandbox({ host }, id);
  const mode = url === undefined ? 'stopped' : 'external';
  await host.sql.transaction((tx) =>
    tx.query('update participant set mode = $3, url = $4 where sandbox = $1 and name = $2', [
      id,
      name,
      mode,
      url ?? null,
    ]),
  );
  await messages.seatChanged(row, name);
};

export const sandboxOf = (served: Standalone, pattern: LoadedPattern, id: string): OwnSandbox => {
  const { act, advance } = actsOf(served, pattern);
  return {
    act: (participant, name, input) => act(id, participant, name, input),
    advance: (duration) => advance(id, parseDuration(duration)),
    stop: (participant) => setSeat(served, id, participant),
    authorizationOf: async (participant) => {
      const found = findParticipant(await requireSandbox(served, id), participant);
      if (found === undefined) throw new Error(`There is no participant ${participant}`);
      return `Bearer ${found.credential}`;
    },
  };
};

/** A sandbox in which whoever answers can be driven. */
export interface Drivable {
  readonly target: string;
  /** What the checks need to know, before it is checked. */
  readonly profile: object;
  /** Says where the run listens: what is called back is sent there. */
  calledBackAt(url: string): Promise<void>;
}

/** Opens a sandbox as the pattern says that it is driven. */
export const openDrivable = async (
  served: Standalone,
  pattern: LoadedPattern,
  id: string,
  { target, seats, auth, calledBack, profile }: DrivenSeat,
  wanted: Omit<NewSandbox, 'seats' | 'auth'>,
): Promise<Drivable> => {
  const base = await served.open(id, { ...wanted, ...(seats && { seats }), ...(auth && { auth }) });
  const at = `${base}/${target}`;
  return {
    target: at,
    profile: await profile(at, sandboxOf(served, pattern, id)),
    calledBackAt: async (url) => (calledBack === undefined ? undefined : setSeat(served, id, calledBack, url)),
  };
};
