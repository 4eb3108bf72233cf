import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testEnvironment } from '../../sandbox/engines.test-data.ts';

const start = fileURLToPath(new URL('../../start.mjs', import.meta.url));

export interface Service {
  readonly url: string;
  /** SIGTERM; resolves with the exit code once the process is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL: nothing gets to say goodbye. */
  kill(): Promise<void>;
}

const gone = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', resolve));

/**
 * The service as `npm start` starts it, in a process of its own, on a free port and the engines of the run, of which `folder` has
 * its own part; `program` is the start.mjs of another copy of the package.
 */
export const startService = async (
  folder: string,
  env: Readonly<Record<string, string>> = {},
  program = start,
): Promise<Service> => {
  const settings = { PORT: '0', ...(await testEnvironment(join(folder, 'fingerpost.db'))), ...env };
  const child = spawn(process.execPath, [program, 'serve'], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /fingerpost ready on (http\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('exit', (code) => reject(new Error(`the service stopped with ${code} before it was ready:\n${output}`)));
  });
  let isWanted = false;
  // A service that died by itself takes a test's time to be missed: what it said last is why.
  child.once('exit', (code, signal) => {
    if (!isWanted) process.stderr.write(`the service stopped by itself with ${code ?? signal}:\n${output}\n`);
  });
  return {
    url,
    stop: () => {
      isWanted = true;
      child.kill('SIGTERM');
      return gone(child);
    },
    kill: async () => {
      isWanted = true;
      child.kill('SIGKILL');
      await gone(child);
    },
  };
};

/** A folder that is removed by `remove`. */
export const temporaryFolder = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'fingerpost-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `fingerpost …` in a process of its own; `input` is what is typed, `program` the start.mjs of another copy of the package. */
export const fingerpost = (
  args: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
  program = start,
): Promise<Run> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
