import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../sandbox/conformance/report.ts';

const start = fileURLToPath(new URL('../../start.mjs', import.meta.url));

export interface Proxy {
  readonly url: string;
  /** Ends it as Ctrl-C does. */
  end(): Promise<{ readonly code: number | null; readonly reports: readonly Report[] }>;
}

/** A proxy between two systems, as somebody starts it. */
export const between = async (...args: readonly string[]): Promise<Proxy> => {
  const child = spawn(process.execPath, [start, 'proxy', '--format', 'json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /ready on (\S+)\n/.exec(said)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.once('exit', (code) => reject(new Error(`the proxy ended with ${code}:\n${said}`)));
  });
  return {
    url,
    end: async () => {
      const gone = once(child, 'close');
      child.kill('SIGINT');
      const [code] = await gone;
      return { code, reports: JSON.parse(output) };
    },
  };
};

export const verdicts = (reports: readonly Report[], role: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    reports
      .filter((one) => one.role === role)
      .flatMap(({ requirements }) => requirements.map(({ id, verdict }) => [id, verdict])),
  );

/** A system to which things are brought. */
export const subscriber = async () => {
  const came: string[] = [];
  const heard = new EventEmitter();
  let refused = '';
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      came.push(`${request.method} ${request.url}`);
      response.writeHead(request.url === refused ? 503 : 200).end();
      heard.emit('came');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    /** When one more of that has come. */
    came: async (line: string): Promise<void> => {
      while (!came.includes(line)) await once(heard, 'came');
      came.splice(came.indexOf(line), 1);
    },
    refuse: (path: string): void => {
      refused = path;
    },
    close: () => server.close().closeAllConnections(),
  };
};
