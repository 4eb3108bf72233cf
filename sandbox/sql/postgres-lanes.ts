/** Work that waits for its turn in each of its lanes. */
interface Waiting<J> {
  readonly job: J;
  readonly lanes: readonly number[];
  started: boolean;
}

/** How much of one lane is done at once. */
const GROUP_MAX = 64;

/**
 * Runs jobs one after another where they share a lane, and side by side where they do not; first come, first served in each
 * lane. What has piled up in a lane, and stands in no other, is handed over as one group. `work` never rejects.
 */
export const createLanes = <J>(work: (group: readonly J[]) => Promise<void>) => {
  /** In each, what runs stands in front. */
  const queues = new Map<number, Waiting<J>[]>();

  const start = (first: Waiting<J>): void => {
    if (first.started || !first.lanes.every((lane) => queues.get(lane)?.[0] === first)) return;
    const group = [first];
    const [lane = -1, another] = first.lanes;
    if (another === undefined)
      for (const next of (queues.get(lane) ?? []).slice(1, GROUP_MAX)) {
        if (next.lanes.length > 1) break;
        group.push(next);
      }
    for (const one of group) one.started = true;
    void work(group.map(({ job }) => job)).then(() => {
      for (const name of first.lanes) {
        const queue = queues.get(name) ?? [];
        queue.splice(0, group.length);
        if (queue.length === 0) queues.delete(name);
      }
      for (const name of first.lanes) {
        const next = queues.get(name)?.[0];
        if (next !== undefined) start(next);
      }
    });
  };

  return (job: J, lanes: readonly number[]): void => {
    const waiting = { job, lanes: [...new Set(lanes)], started: false };
    for (const lane of waiting.lanes) {
      const queue = queues.get(lane);
      if (queue === undefined) queues.set(lane, [waiting]);
      else queue.push(waiting);
    }
    start(waiting);
  };
};
