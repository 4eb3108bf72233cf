import { vi } from 'vitest';

/** The real clock of a service under test, which can be moved on, so that nobody has to sleep. */
export const movedClock = () => {
  let ahead = 0;
  return {
    now: (): number => Date.now() + ahead,
    move: (milliseconds: number): void => {
      ahead += milliseconds;
    },
    /** While something goes on: how long it took is counted by a clock that nobody sets. */
    pass: async (milliseconds: number, until: () => Promise<unknown>): Promise<void> => {
      const real = performance.now.bind(performance);
      const spy = vi.spyOn(performance, 'now').mockImplementation(() => real() + milliseconds);
      ahead += milliseconds;
      await until().finally(() => spy.mockRestore());
    },
  };
};
export type MovedClock = ReturnType<typeof movedClock>;
