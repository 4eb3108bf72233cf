import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface Started {
  readonly url: string;
  /** Milliseconds from spawning to the first good answer. */
  readonly milliseconds: number;
  /** Resident set in bytes. */
  rss(): number;
  /** CPU seconds, user and system. */
  cpu(): number;
  /** Resolves when it has done next to nothing for a second. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const announced = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = /ready on (http:\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`it stopped with ${code} before it was ready:\n${text}`)));
  });

const untilOk = async (url: string): Promise<void> => {
  for (;;) {
    const response = await fetch(url);
    await response.arrayBuffer();
    if (response.ok) return;
  }
};

/** Clock ticks a second as /proc counts them; 100 on every Linux that Node runs on. */
const TICKS = 100;
/** CPU seconds a second; timers alone need some. */
const NOTHING = 0.05;

const start = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  ready: string,
): Promise<Started> => {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await announced(child);
  await untilOk(new URL(ready, url).href);
  const milliseconds = performance.now() - began;
  const proc = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
  const cpu = (): number => {
    const fields = proc('stat').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  };
  return {
    url,
    milliseconds,
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(proc('status'))?.[1]) * 1024,
    cpu,
    settled: async () => {
      for (let before = Number.NaN, now = cpu(); !(now - before < NOTHING); now = cpu()) {
        before = now;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
};

/** The product, as `npm start` starts it, with its store in `folder`. */
export const startProduct = (folder: string, env: Readonly<Record<string, string>> = {}): Promise<Started> =>
  start([here('../start.mjs'), 'serve'], { PORT: '0', STORE_URL: `sqlite:${folder}/fingerpost.db`, ...env }, '/readyz');

/** Bare Express 5: `GET /same` answers the given bytes, `POST /echo` the body it was sent. */
export const startBaseline = (bytes: string, contentType: string): Promise<Started> =>
  start([here('./baseline.ts')], { BASELINE_BYTES: bytes, BASELINE_TYPE: contentType }, '/same');
