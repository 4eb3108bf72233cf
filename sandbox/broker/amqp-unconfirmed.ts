import type { ChannelModel } from 'amqplib';

/** What was sent and has no answer yet, which may never come though the connection lives. */
export interface Unconfirmed {
  /** Returns what to call when it has its answer, once. */
  begin(): () => void;
  /** Resolves once nothing waits any more. */
  idle(): Promise<void>;
}

/**
 * Calls `late` where something has waited longer than `patience`, before it has waited twice as long; while the server takes
 * nothing, and says so, everything waits.
 */
export const createUnconfirmed = (model: ChannelModel, patience: number, late: () => void): Unconfirmed => {
  /** How many wait since before the last look, and since it. */
  let old = 0;
  let young = 0;
  let looks = 0;
  let watching = false;
  let blocked = false;
  let excused = false;
  let idle: PromiseWithResolvers<void> | undefined;
  model.on('blocked', () => {
    blocked = true;
    excused = true;
  });
  model.on('unblocked', () => {
    blocked = false;
  });

  const look = (): void => {
    watching = false;
    if (old > 0 && !excused) late();
    excused = blocked;
    old += young;
    young = 0;
    looks += 1;
    watch();
  };
  const watch = (): void => {
    if (watching || old + young === 0) return;
    watching = true;
    setTimeout(look, patience).unref();
  };
  return {
    begin() {
      const since = looks;
      young += 1;
      watch();
      return () => {
        if (since === looks) young -= 1;
        else old -= 1;
        if (old + young === 0) idle?.resolve();
      };
    },
    idle() {
      if (old + young === 0) return Promise.resolve();
      idle ??= Promise.withResolvers();
      return idle.promise;
    },
  };
};
