import type { SandboxKey } from '../journal.ts';
import type { Reader } from '../sql/port.ts';
import type { PostRoom } from './post-room.ts';
import { hasUnfinished } from './rows.ts';

/** Another node may be at work: then nobody here says when it is done. Real milliseconds. */
const LOOK_MS = 50;

const change = (room: PostRoom, serial: number): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timeout);
      stop();
      resolve();
    };
    const timeout = setTimeout(done, LOOK_MS);
    const stop = room.watch(serial, done);
  });

/**
 * Resolves when nothing of the sandbox is ready, under way or in somebody's hands; what waits for a time, is held or dead
 * does not count. `over` ends it early.
 */
export const waitSettled = async (
  reader: Reader,
  room: PostRoom,
  sandbox: SandboxKey,
  over: () => boolean,
): Promise<void> => {
  while (!over()) {
    if (!room.isInHand(sandbox.serial) && !(await hasUnfinished(reader, sandbox))) return;
    await change(room, sandbox.serial);
  }
};
