import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Engine, freePort, isMissing } from './engine.ts';

export interface Redis extends Engine {
  /** Ends it at once, as a crash would. */
  crash(): Promise<void>;
}

const found = (): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'redis-server')));

/** To be used as `describe.skipIf(redisIsMissing())`. */
export const redisIsMissing = (): boolean => isMissing('Redis', found());

/** A private server that keeps nothing on disk, as Debian's does by default: once stopped, it comes back empty. */
export const startRedis = async (): Promise<Redis> => {
  const folder = mkdtempSync(join(tmpdir(), 'fingerpost-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    if (child !== undefined) return;
    const options = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const starting = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    child = starting;
    const ready = Promise.withResolvers<void>();
    let output = '';
    starting.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) ready.resolve();
    });
    starting.once('error', ready.reject);
    starting.once('exit', () => ready.reject(new Error(`Redis did not start:\n${output}`)));
    await ready.promise;
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    ending.kill(signal);
    await once(ending, 'exit');
  };
  const remove = async (): Promise<void> => {
    await end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    stop: () => end('SIGTERM'),
    crash: () => end('SIGKILL'),
    remove,
  };
};
