import type { Progress, TellProgress } from '../../sandbox/conformance/course.ts';

export interface ProgressLine {
  readonly tell: TellProgress;
  /** Takes the line away, so that what follows stands where it stood. */
  clear(): void;
}

const text = ({ percent, requests, step, check }: Progress): string =>
  `${String(percent).padStart(3)} %  ${check === undefined ? step : `${check.requirement}  ${check.title}`}  (${requests === 1 ? '1 request' : `${requests} requests`})`;

/**
 * How far a run is, on standard error: one line that changes on a terminal; with `always` also elsewhere, there a line for
 * each check.
 */
export const createProgressLine = (always: boolean): ProgressLine => {
  const { stderr } = process;
  if (stderr.isTTY === true)
    return {
      tell: (progress) => {
        stderr.write(`\r\u001B[K${text(progress).slice(0, (stderr.columns ?? 80) - 1)}`);
      },
      clear: () => void stderr.write('\r\u001B[K'),
    };
  let last = '';
  return {
    tell: (progress) => {
      const now = progress.check?.id ?? progress.step;
      if (!always || now === last) return;
      last = now;
      stderr.write(`${text(progress)}\n`);
    },
    clear: () => undefined,
  };
};
