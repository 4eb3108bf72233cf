import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./message-process.ts', import.meta.url));

export interface Run {
  readonly storeUrl: string;
  readonly messages: number;
  readonly brokerUrl?: string;
  /** Told after each line what was said last of each kind; kills the process where it answers true. */
  readonly enough?: (said: ReadonlyMap<string, string>) => boolean;
}

/** Runs processes that send and handle messages, and that can be killed; `kill` ends those that still run. */
export const createRuns = () => {
  const started: ChildProcess[] = [];
  return {
    /** To a process's end; answers with the last number or text of each kind of line. */
    async run({ storeUrl, messages, brokerUrl = 'local:', enough }: Run): Promise<Map<string, string>> {
      const args = [script, storeUrl, String(messages), brokerUrl];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      started.push(child);
      const exited = once(child, 'exit');
      const said = new Map<string, string>();
      for await (const line of createInterface({ input: child.stdout })) {
        const space = line.indexOf(' ');
        said.set(line.slice(0, space), line.slice(space + 1));
        if (enough?.(said) === true) child.kill('SIGKILL');
      }
      await exited;
      return said;
    },
    kill(): void {
      for (const child of started) child.kill('SIGKILL');
    },
  };
};
