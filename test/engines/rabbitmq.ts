import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { type Engine, freePort, isMissing, runProgram } from './engine.ts';

export interface Rabbitmq extends Engine {
  /** The management API, with credentials; the plugin is on unless told. */
  readonly managementUrl: string;
  /** Ends it at once, as a crash would; `start` recovers. */
  crash(): Promise<void>;
  /** Runs rabbitmqctl against it, which takes a second or more. */
  control(...args: string[]): Promise<string>;
  /** Asks its management API; what it has of a path, or undefined where there is nothing to be said. */
  manage(method: 'GET' | 'DELETE', path: string): Promise<unknown>;
  /** How many messages are in a queue now. */
  depth(queue: string): Promise<number>;
}

/** Debian's own wrapper changes to the user rabbitmq and writes to /var/log; these do not. */
const PROGRAMS = '/usr/lib/rabbitmq/bin';

/** To be used as `describe.skipIf(rabbitmqIsMissing())`. */
export const rabbitmqIsMissing = (): boolean => isMissing('RabbitMQ', existsSync(join(PROGRAMS, 'rabbitmq-server')));

const untilReady = async (child: ChildProcess): Promise<void> => {
  let output = '';
  const ready = Promise.withResolvers<void>();
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    if (/completed with \d+ plugins/.test(output)) ready.resolve();
  };
  const ended = (): void => ready.reject(new Error(`RabbitMQ did not start:\n${output}`));
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.once('exit', ended);
  await ready.promise;
  child.removeListener('exit', ended);
};

/** A private node: its own folder, cookie, ports and epmd, all on loopback. */
export const startRabbitmq = async ({ management = true } = {}): Promise<Rabbitmq> => {
  const folder = mkdtempSync(join(tmpdir(), 'fingerpost-rabbitmq-'));
  const [port, distribution, epmd, http] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const file = (name: string, text: string, mode = 0o600): string => {
    writeFileSync(join(folder, name), text, { mode });
    return join(folder, name);
  };
  // The Erlang cookie: read by the owner alone, or Erlang refuses it.
  file('.erlang.cookie', randomBytes(20).toString('hex'), 0o400);
  mkdirSync(join(folder, 'log'));
  const settings = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${http}`,
    'disk_free_limit.absolute = 50MB',
    'log.file.level = warning',
  ];
  const env = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: folder,
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_NODENAME: `fingerpost-${port}@localhost`,
    RABBITMQ_CONFIG_FILE: file(
      'rabbitmq.conf',
      settings.filter((line) => management || !line.startsWith('management')).join('\n'),
    ),
    RABBITMQ_CONF_ENV_FILE: file('rabbitmq-env.conf', ''),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins', management ? '[rabbitmq_management].' : '[].'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_DIST_PORT: String(distribution),
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // Two cores are shared with the tests: an idle scheduler sleeps at once.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
  };
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    if (child !== undefined) return;
    child = spawn(join(PROGRAMS, 'rabbitmq-server'), [], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    await untilReady(child);
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
    if (!existsSync(folder)) return;
    await runProgram('epmd', ['-port', String(epmd), '-kill']).catch(() => '');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  return {
    url,
    managementUrl: `http://guest:guest@127.0.0.1:${http}`,
    async manage(method, path) {
      const headers = { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` };
      const reply = await fetch(`http://127.0.0.1:${http}/api/${path}`, { method, headers });
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
      const text = await reply.text();
      return text === '' ? undefined : JSON.parse(text);
    },
    async depth(queue) {
      const connection = await connect(url);
      try {
        return (await (await connection.createChannel()).checkQueue(queue)).messageCount;
      } finally {
        await connection.close();
      }
    },
    start,
    stop: () => end('SIGTERM'),
    crash: () => end('SIGKILL'),
    control: (...args) => runProgram(join(PROGRAMS, 'rabbitmqctl'), args, { env, cwd: folder }),
    remove,
  };
};
