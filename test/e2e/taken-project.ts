import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fingerpost } from './running-service.ts';

const run = promisify(execFile);

const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  NO_COLOR: '1',
  npm_config_loglevel: 'error',
  npm_config_fund: 'false',
  npm_config_audit: 'false',
  // Of the run around this one.
  VITEST: undefined,
  VITEST_POOL_ID: undefined,
  VITEST_WORKER_ID: undefined,
};
type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** A project that was taken away into a folder and installed. */
export interface TakenProject {
  readonly folder: string;
  /** A script of its package.json; resolves with its exit code and what it printed. */
  script(args: readonly string[], more?: Environment): Promise<Ran>;
  /** `npm start`, until it is ready; resolves with what it printed until then, and how it ends when it is told to. */
  start(more: Environment): Promise<{ readonly printed: string; stop(): Promise<number | null> }>;
  /** Runs something while a file says something else: `from` has to be there, and becomes `to`. */
  whileChanged<T>(file: string, from: string, to: string, doing: () => Promise<T>): Promise<T>;
}

/** What is installed, whatever the project is called: two with the same have the same node_modules. */
const packagesOf = (folder: string): string => {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return JSON.stringify({ ...packages, '': undefined });
};

/**
 * `npm ci`. Where a project beside it has the very same packages, those are linked; where it has others, npm brings what differs
 * to what the lock file says, once it has agreed with package.json.
 */
const install = async (folder: string, beside: readonly TakenProject[]): Promise<void> => {
  const npm = (...args: readonly string[]) => run('npm', [...args, '--prefer-offline'], { cwd: folder, env });
  const same = beside.find((one) => packagesOf(one.folder) === packagesOf(folder));
  const from = same ?? beside[0];
  if (from === undefined) {
    await npm('ci');
    return;
  }
  const modules = join(folder, 'node_modules');
  await run('cp', ['-al', join(from.folder, 'node_modules'), modules]);
  if (same !== undefined) return;
  // What npm remembers of the other's packages; a link to it, which npm would write through.
  rmSync(join(modules, '.package-lock.json'));
  await npm('ci', '--dry-run');
  await npm('install', '--no-save');
};

export const takeAway = async (
  folder: string,
  args: readonly string[],
  beside: readonly TakenProject[] = [],
): Promise<TakenProject> => {
  mkdirSync(folder, { recursive: true });
  const made = await fingerpost(['scaffold', ...args, '--dir', folder]);
  if (made.code !== 0 || made.stderr !== '') throw new Error(`scaffold ended with ${made.code}: ${made.stderr}`);
  if (existsSync(join(folder, 'node_modules'))) throw new Error('a project brings no packages');
  await install(folder, beside);
  return {
    folder,
    script: (scriptArgs, more = {}) =>
      run('npm', ['run', '--silent', ...scriptArgs], {
        cwd: folder,
        env: { ...env, ...more },
        maxBuffer: 64 * 1024 * 1024,
      }).then(
        ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
          code,
          output: stdout + stderr,
        }),
      ),
    start: async (more) => {
      const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      // What npm would run, so that SIGTERM reaches it.
      const [, ...command] = String(scripts.start).split(' ');
      const child = spawn(process.execPath, command, { cwd: folder, env: { ...env, PORT: '0', ...more } });
      let printed = '';
      const { promise, resolve } = Promise.withResolvers<void>();
      const collect = (chunk: Buffer): void => {
        printed += chunk.toString();
        if (/^ready on /m.test(printed)) resolve();
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      const gone = new Promise<number | null>((ended) => child.once('exit', ended));
      const early = gone.then((code) => {
        throw new Error(`it stopped with ${code} before it was ready:\n${printed}`);
      });
      await Promise.race([promise, early]);
      early.catch(() => undefined);
      return {
        printed,
        stop: () => {
          child.kill('SIGTERM');
          return gone;
        },
      };
    },
    whileChanged: async (file, from, to, doing) => {
      const path = join(folder, file);
      const before = readFileSync(path, 'utf8');
      if (!before.includes(from)) throw new Error(`${file} does not say ${from}`);
      writeFileSync(path, before.replace(from, to));
      try {
        return await doing();
      } finally {
        writeFileSync(path, before);
      }
    },
  };
};

/** The base address that a project printed for a dialect. */
export const baseOf = (printed: string, dialect: string): string =>
  new RegExp(`^${dialect}: (http\\S+)$`, 'm').exec(printed)?.[1] ?? '';
