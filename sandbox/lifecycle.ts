export interface Lifecycle {
  /** Names a step of closing. Steps run in the reverse of the order in which they were added. */
  add(name: string, close: () => Promise<void> | void): void;
  /** Opens something and remembers how to close it; while closing, it is closed again at once and the call rejects. */
  use<T extends { close(): Promise<void> }>(name: string, opening: T | Promise<T>): Promise<T>;
  /** Runs every step even if one fails; rejects afterwards with all that failed. The same promise however often it is called. */
  close(): Promise<void>;
}

interface Step {
  readonly name: string;
  readonly close: () => Promise<void> | void;
}

/** What was opened last is closed first. Creating one has no effect. */
export const createLifecycle = (): Lifecycle => {
  const steps: Step[] = [];
  let closing: Promise<void> | undefined;

  const closeAll = async (): Promise<void> => {
    const failures: Error[] = [];
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      try {
        await step.close();
      } catch (error) {
        failures.push(new Error(`Closing ${step.name} failed: ${String(error)}`, { cause: error }));
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, failures.map((failure) => failure.message).join('; '));
  };

  return {
    add(name, close) {
      steps.push({ name, close });
    },
    async use(name, opening) {
      const opened = await opening;
      if (closing !== undefined) {
        await opened.close();
        throw new Error(`${name} was opened while everything was being closed`);
      }
      steps.push({ name, close: () => opened.close() });
      return opened;
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
};
