import { type Played, play } from '../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../loaded.ts';

export { type Answered, call } from '../../../sandbox/pattern-harness.test-data.ts';

/** The pattern served over the embedded store, for tests. */
export interface Served extends Omit<Played, 'act'> {
  /** Runs an act of the simulated requester, as the service would. */
  act(sandbox: string, act: string, input?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export const serve = async (now?: () => number): Promise<Served> => {
  const played = await play(await loadThisPattern(), now);
  return { ...played, act: (id, act, input) => played.act(id, 'requester', act, input) };
};
