import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeBroken } from '../../sandbox/conformance/broken.ts';
import { UnreachableError, UsageError } from '../../sandbox/conformance/run-errors.ts';

export interface StartedSystem {
  /** What it ended with, and said last, where it ended before it was told to; a moment is given for the news of that. */
  endedBy(): Promise<string | undefined>;
  /** Ends it with everything that it started. Idempotent. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Answers once the system is ready. */
  readonly waitOn: string;
  /** Milliseconds to wait for that. */
  readonly within: number;
  readonly signal: AbortSignal;
}

const TAIL = 4_000;
const LOOK_AGAIN = 100;
const ONE_LOOK = 2_000;
/** How long a system has to end by itself. */
const GRACE = 3_000;

/** Whether anything listens there: MLLP says nothing before it is spoken to. */
const listens = ({ hostname, port }: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
    const end = (there: boolean) => () => {
      socket.destroy();
      resolve(there);
    };
    socket.setTimeout(ONE_LOOK, end(false));
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });

/** Whether it answers, or why not. A gateway that says "not yet" (502, 503, 504) does not count. */
const answers = async (url: string, signal: AbortSignal): Promise<true | string> => {
  if (!/^https?:/i.test(url)) return (await listens(new URL(url))) || 'nothing listens there';
  try {
    const { status, body } = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ONE_LOOK)]),
    });
    await body?.cancel();
    return status < 502 || status > 504 || `status ${status}`;
  } catch (error) {
    return describeBroken(error).detail;
  }
};

/** Whether anything of the group is still there. */
const signalled = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
};

/** Whether nothing of the group is there any more, looked for again until the time is over. */
const gone = async (group: number, within: number): Promise<boolean> => {
  const over = performance.now() + within;
  while (signalled(group, 0)) {
    if (performance.now() > over) return false;
    await sleep(LOOK_AGAIN / 2);
  }
  return true;
};

const endGroup = async (group: number): Promise<void> => {
  signalled(group, 'SIGTERM');
  if (await gone(group, GRACE)) return;
  signalled(group, 'SIGKILL');
  await gone(group, GRACE);
};

const tailOf = (child: ChildProcess): (() => string) => {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-TAIL);
    });
  return () => (said.trim() === '' ? 'It said nothing.' : `It said last:\n${said.trimEnd()}`);
};

/**
 * Starts a system by a shell command, in a process group of its own, and waits until it answers. Throws a UsageError where
 * something answers there already, for then that would be judged; and an UnreachableError, with what the system said last,
 * where it never answers. Either way nothing is left behind.
 */
export const startSystem = async (
  command: string,
  { waitOn, within, signal }: StartOptions,
): Promise<StartedSystem> => {
  if (!URL.canParse(waitOn)) throw new UsageError(`--wait-on "${waitOn}" is not a URL`);
  if ((await answers(waitOn, signal)) === true)
    throw new UsageError(`Something answers at ${waitOn} before "${command}" is started: stop that first`);
  const child = spawn(command, { shell: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const tail = tailOf(child);
  let ended: string | undefined;
  let stopping: Promise<void> | undefined;
  const ending = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended ??= `"${command}" cannot be started: ${error.message}`;
      resolve();
    });
    child.once('close', (code, by) => {
      ended ??= `"${command}" ended by itself with ${code ?? by}`;
      resolve();
    });
  });
  // However hard we are ended, it is not left behind.
  const last = (): void => void (child.pid !== undefined && signalled(child.pid, 'SIGKILL'));
  process.once('exit', last);
  const end = async (): Promise<void> => {
    await (child.pid === undefined ? ending : endGroup(child.pid));
    process.off('exit', last);
  };
  const system: StartedSystem = {
    endedBy: async () => {
      await Promise.race([ending, sleep(LOOK_AGAIN)]);
      return ended === undefined || stopping !== undefined ? undefined : `${ended}. ${tail()}`;
    },
    stop: () => {
      stopping ??= end();
      return stopping;
    },
  };
  const over = performance.now() + within;
  const fail = async (why: string): Promise<never> => {
    await system.stop();
    throw new UnreachableError(`${why}. ${tail()}`);
  };
  for (;;) {
    if (signal.aborted) {
      await system.stop();
      signal.throwIfAborted();
    }
    if (ended !== undefined) return fail(`${ended} before it answered at ${waitOn}`);
    const answered = await answers(waitOn, signal);
    if (answered === true) return system;
    if (performance.now() > over)
      return fail(`"${command}" did not answer at ${waitOn} within ${within / 1000} seconds (${answered})`);
    await Promise.race([ending, sleep(LOOK_AGAIN)]);
  }
};
