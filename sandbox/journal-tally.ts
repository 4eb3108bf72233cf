/** Exchanges of one sandbox that were written whole with their effects. */
export interface Written {
  readonly id: string;
  readonly exchanges: number;
  readonly bytes: number;
}

/** By the serial of the sandbox. */
export type Tally = ReadonlyMap<number, Written>;

/** Counts what is to be added to the extent of journals, until somebody takes it. */
export const createTally = () => {
  let written = new Map<number, Written>();
  return {
    add(id: string, serial: number, bytes: number): void {
      const before = written.get(serial);
      written.set(serial, { id, exchanges: (before?.exchanges ?? 0) + 1, bytes: (before?.bytes ?? 0) + bytes });
    },
    take(): Tally {
      const taken = written;
      written = new Map();
      return taken;
    },
  };
};
