import { once } from 'node:events';
import { createServer } from 'node:net';
import { checkProfile } from '../../sandbox/conformance/profile.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { runConformance } from '../../sandbox/conformance/run.ts';
import { openCatalogue } from '../../src/catalogue.ts';
import { loadConformance } from '../../src/catalogue-conformance.ts';
import { json } from './sandbox-client.ts';

/** A sandbox of the service under test, as its owner has it. */
export interface Box {
  readonly id: string;
  readonly key: string;
  readonly endpoints: readonly {
    readonly participant: string;
    readonly protocol: string;
    readonly url: string;
    readonly credential?: string;
    readonly note?: string;
  }[];
}

/** A port that was free a moment ago: a seat's URL has to be known before the run listens there. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** What its owner can do with a sandbox of the service at `url`; anything but success is thrown. */
export const owner = (url: () => string) => {
  const send = async (path: string, method: string, body: unknown, key?: string): Promise<Response> => {
    const reply = await fetch(`${url()}/api/sandboxes${path}`, {
      method,
      headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply;
  };
  const control = (box: Box, method: string, path: string, body: unknown): Promise<Response> =>
    send(`/${box.id}${path}`, method, body, box.key);
  return {
    open: async (wanted: object): Promise<Box> => json<Box>(await send('', 'POST', wanted)),
    control,
    act: (box: Box, participant: string, name: string, input: object = {}): Promise<Response> =>
      control(box, 'POST', `/participants/${participant}/acts/${name}`, input),
    /** The participant's seat is taken by what listens on this port. */
    seat: (box: Box, participant: string, port: number): Promise<Response> =>
      control(box, 'PUT', `/participants/${participant}`, { mode: 'external', url: `http://127.0.0.1:${port}` }),
  };
};

interface Driven {
  readonly pattern: string;
  readonly dialect: string;
  readonly target: string;
  readonly profile: object;
}

/** A run that may write, and which requirements it failed. */
export const driven = async ({ pattern, dialect, target, profile }: Driven) => {
  const report: Report = await runConformance(await loadConformance(await openCatalogue(), pattern), {
    pattern,
    dialect,
    target,
    profile: checkProfile({ consentToWrite: true, ...profile }),
    tool: 'fingerpost 0',
  });
  return {
    report,
    verdictOf: (id: string) => report.requirements.find((one) => one.id === id)?.verdict,
    failed: report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'error').map(({ id }) => id),
  };
};
