/** A bell that can be rung before anybody waits for it. */
export const createBell = () => {
  let rung = false;
  let waiting: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      waiting?.();
    },
    /** Resolves to true where it rang, to false after `ms`. */
    wait: async (ms: number): Promise<boolean> => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          waiting = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        waiting = undefined;
      }
      const heard = rung;
      rung = false;
      return heard;
    },
  };
};
