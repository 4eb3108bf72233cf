import { testEngines } from './engines.test-data.ts';
import type { LoadedPattern } from './http/host.ts';
import type { ExchangeView } from './journal.ts';
import { type Standalone, startStandalone } from './standalone.ts';
import { actsOf, requireSandbox, type StandaloneActs } from './standalone-acts.ts';

/** For the tests of patterns: one served over the engines of the run, whose simulated participants can be told to act. */
export interface Played extends Standalone, StandaloneActs {
  exchanges(sandbox: string): Promise<readonly ExchangeView[]>;
  /** What whoever runs the service would find in its log. */
  readonly logged: readonly string[];
}

export const play = async (pattern: LoadedPattern, now?: () => number): Promise<Played> => {
  const logged: string[] = [];
  const note = (fields: object, said: string): void => {
    logged.push(`${said}: ${'err' in fields ? fields.err : ''}`);
  };
  const log = { error: note, warn: note };
  const standalone = await startStandalone(pattern, { ...(await testEngines()), log, ...(now && { now }) });
  return {
    ...standalone,
    logged,
    ...actsOf(standalone, pattern),
    exchanges: async (id) => {
      const { row } = await requireSandbox(standalone, id);
      const { journal } = standalone.host;
      await journal.flush();
      return (await journal.page({ id, serial: row.serial }, 0, 1_000)).items;
    },
  };
};

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
}

/** One HTTP request; a body that is no text is sent as JSON. */
export const call = async (
  url: string,
  options: { method?: string; headers?: Readonly<Record<string, string>>; body?: unknown } = {},
): Promise<Answered> => {
  const { body } = options;
  const reply = await fetch(url, {
    method: options.method ?? 'GET',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }), ...options.headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, body: text === '' ? undefined : JSON.parse(text) };
};
