import { type SpawnOptions, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A server of our own for tests: a private one, in a temporary folder, on a free port of this machine. */
export interface Engine {
  readonly url: string;
  /** Ends it as an administrator would; what it holds stays. */
  stop(): Promise<void>;
  /** Starts it again, on the same port, with what it held; resolves when it can be reached. */
  start(): Promise<void>;
  /** Stops it and deletes what it held. Idempotent. */
  remove(): Promise<void>;
}

/**
 * Whether tests of an engine have to be left out, because its programs are not on this machine. Says so in a line of its own;
 * with REQUIRE_ENGINES=true, as CI sets it, that is an error.
 */
export const isMissing = (engine: string, found: boolean): boolean => {
  if (found) return false;
  const line = `${engine} is not installed on this machine: its tests are left out`;
  if (process.env.REQUIRE_ENGINES === 'true') throw new Error(line);
  console.warn(line);
  return true;
};

/** A port of 127.0.0.1 that nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** Runs a program to its end; rejects with what it wrote where it fails. */
export const runProgram = (
  program: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'gid' | 'uid'> = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    // What a program leaves running must not hold a pipe of ours open: it is over when it exits.
    const child = spawn(program, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', reject);
    child.once('exit', (code) => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`));
    });
  });
