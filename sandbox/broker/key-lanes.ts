/** Runs jobs of one key one after the other, in the order in which they were handed in; those of no key at once. */
export type KeyLanes = (key: string | undefined, job: () => Promise<void>) => Promise<void>;

/** Jobs do not reject. */
export const createKeyLanes = (): KeyLanes => {
  const last = new Map<string, Promise<void>>();
  return (key, job) => {
    if (key === undefined) return job();
    const before = last.get(key);
    const mine = (before === undefined ? job() : before.then(job)).then(() => {
      if (last.get(key) === mine) last.delete(key);
    });
    last.set(key, mine);
    return mine;
  };
};
