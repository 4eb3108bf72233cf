import { createBell } from '../../sandbox/bell.ts';
import type { Job, Jobs } from './jobs.ts';

/** How long until a job of another node, which rings no bell here, is looked at again. */
const LOOK_AGAIN = 1_000;
/** Looks with nothing new after which a comment keeps proxies from closing the connection. */
const QUIET = 15;

const event = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** What a stream says at the end; the report is asked for by itself. */
const endOf = (job: Job): object => {
  const { id, state } = job;
  if (job.state === 'finished') return { id, state, exitCode: job.report.exitCode };
  return job.state === 'failed' ? { id, state, error: job.error } : { id, state };
};

/** A run as server-sent events: `progress` while there is some, `ended` last of all. Whoever comes late begins with how it is now. */
export async function* jobEvents(jobs: Jobs, id: string, signal: AbortSignal): AsyncGenerator<string> {
  const bell = createBell();
  const stop = jobs.watch(id, bell.ring);
  signal.addEventListener('abort', bell.ring);
  let shown = '';
  let quiet = 0;
  try {
    yield 'retry: 2000\n\n';
    while (!signal.aborted) {
      const job = await jobs.read(id);
      if (job === undefined) return;
      const progress = job.progress === undefined ? '' : event('progress', job.progress);
      if (progress !== shown) {
        shown = progress;
        yield progress;
      }
      if (job.state !== 'running') {
        yield event('ended', endOf(job));
        return;
      }
      quiet = (await bell.wait(LOOK_AGAIN)) ? 0 : quiet + 1;
      if (quiet % QUIET === QUIET - 1) yield ': still here\n\n';
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
    stop();
  }
}
