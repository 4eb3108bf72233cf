import { Worker } from 'node:worker_threads';
import type { Answer, BesideData, BesideFiles } from './beside-thread.ts';
import { SqlError } from './error.ts';

/** The thread that writes the tables kept beside the others, and when it may. */
export interface Besides {
  /** Has the thread work; one piece of work after another. Rejects when it fails, or the thread has died. */
  run(thread: URL, input: number): Promise<number>;
  /** Keeps the thread from beginning; a promise where one has first to wait until it has ended what it is doing, which it hears. */
  hold(): Promise<void> | undefined;
  /** Lets it go on. */
  release(): void;
  /** Idempotent; waits for what it is doing. */
  close(): Promise<void>;
}

interface Job {
  readonly thread: URL;
  readonly input: number;
  readonly resolve: (value: number) => void;
  readonly reject: (error: unknown) => void;
}

/** In the published package there is JavaScript beside this file, and beside the thread's. */
const programOf = (thread: URL): URL =>
  import.meta.url.endsWith('.js') ? new URL(thread.href.replace(/\.ts$/, '.js')) : thread;

/** Real milliseconds without work after which a thread ends: it holds a fifth of all memory of an idle service. */
const REST_MS = 1000;

/**
 * A thread is started with the first work, and ends when there has been none for `rest`. Where it dies of itself none is
 * started again: what it died of may be in the store, and whoever needs its work done does it himself. `done` is called
 * after each piece of work, before anybody is told.
 */
export const createBesides = (files: BesideFiles, done: () => void, rest = REST_MS): Besides => {
  const workerData: BesideData = { ...files, awaited: new Int32Array(new SharedArrayBuffer(4)) };
  const waiting: Job[] = [];
  const holders: (() => void)[] = [];
  /** Those that were told to end, and have not yet. */
  const leaving = new Set<Promise<void>>();
  let worker: Worker | undefined;
  let resting: NodeJS.Timeout | undefined;
  let running: Job | undefined;
  let held = false;
  let over: SqlError | undefined;
  let closing: Promise<void> | undefined;

  const settle = (how: (job: Job) => void): void => {
    const job = running;
    running = undefined;
    done();
    if (job !== undefined) how(job);
    for (const wake of holders.splice(0)) wake();
    next();
  };
  const die = (cause: unknown): void => {
    if (over !== undefined) return;
    over = new SqlError('failed', 'The thread that works beside the store has died', { cause });
    for (const job of waiting.splice(0)) job.reject(over);
    settle((job) => job.reject(over));
  };
  const start = (thread: URL): Worker => {
    const started = new Worker(programOf(thread), { workerData, execArgv: [] });
    started.on('message', (answer: Answer) =>
      settle((job) =>
        answer.failure === undefined
          ? job.resolve(answer.value)
          : job.reject(new SqlError('failed', `The thread beside the store: ${answer.failure}`)),
      ),
    );
    for (const end of ['error', 'exit'])
      started.on(end, (cause: unknown) => {
        if (worker === started) die(cause);
      });
    return started;
  };
  const dismiss = (): void => {
    if (worker === undefined) return;
    const dismissed = worker;
    worker = undefined;
    const gone = new Promise<void>((resolve) => dismissed.once('exit', () => resolve()));
    leaving.add(gone);
    void gone.then(() => leaving.delete(gone));
    dismissed.postMessage('close');
  };
  const next = (): void => {
    if (running !== undefined || held || over !== undefined) return;
    clearTimeout(resting);
    running = waiting.shift();
    if (running === undefined) {
      if (worker === undefined) return;
      worker.unref();
      resting = setTimeout(dismiss, rest).unref();
      return;
    }
    worker ??= start(running.thread);
    worker.ref();
    worker.postMessage(running.input);
  };
  const stop = async (): Promise<void> => {
    const closed = new SqlError('closed', 'The store is closed');
    for (const job of waiting.splice(0)) job.reject(closed);
    await hold();
    clearTimeout(resting);
    if (over === undefined) {
      over = closed;
      worker?.ref();
      dismiss();
    }
    await Promise.all(leaving);
  };
  const hold = (): Promise<void> | undefined => {
    held = true;
    Atomics.store(workerData.awaited, 0, 1);
    return running === undefined ? undefined : new Promise((resolve) => holders.push(resolve));
  };

  return {
    run: (thread, input) =>
      new Promise((resolve, reject) => {
        if (over !== undefined) return reject(over);
        waiting.push({ thread, input, resolve, reject });
        next();
      }),
    hold,
    release() {
      if (!held || closing !== undefined) return;
      held = false;
      Atomics.store(workerData.awaited, 0, 0);
      next();
    },
    close() {
      closing ??= stop();
      return closing;
    },
  };
};
