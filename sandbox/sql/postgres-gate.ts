/** Lets work in: many together, or one alone; in the order in which they came. */
export interface Gate {
  together<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export const createGate = (): Gate => {
  const queue: { readonly alone: boolean; readonly start: () => void }[] = [];
  let running = 0;
  let closed = false;
  const admit = (): void => {
    for (let next = queue[0]; next !== undefined && !closed; next = queue[0]) {
      if (next.alone && running > 0) return;
      queue.shift();
      running += 1;
      closed = next.alone;
      next.start();
    }
  };
  const enter = async <T>(alone: boolean, work: () => Promise<T>): Promise<T> => {
    await new Promise<void>((start) => {
      queue.push({ alone, start });
      admit();
    });
    try {
      return await work();
    } finally {
      running -= 1;
      closed = false;
      admit();
    }
  };
  return { together: (work) => enter(false, work), alone: (work) => enter(true, work) };
};
