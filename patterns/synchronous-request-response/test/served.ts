import { createCtx } from '../../../sandbox/context.ts';
import { findParticipant, loadSandbox } from '../../../sandbox/participants.ts';
import { type Standalone, startStandalone } from '../../../sandbox/standalone.ts';
import { loadThisPattern } from '../loaded.ts';

/** The pattern served over the embedded store, for tests. */
export interface Served extends Standalone {
  /** Runs an act of the simulated requester, as the service would. */
  act(sandbox: string, act: string, input?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export const serve = async (now?: () => number): Promise<Served> => {
  const pattern = loadThisPattern();
  const silent = { error: () => {}, warn: () => {} };
  const standalone = await startStandalone(pattern, { storeUrl: 'sqlite::memory:', log: silent, ...(now && { now }) });
  return {
    ...standalone,
    act: async (id, act, input = {}) => {
      const sandbox = await loadSandbox(standalone.host.sql, id);
      const requester = sandbox && findParticipant(sandbox, 'requester');
      if (requester === undefined) throw new Error(`no sandbox ${id}`);
      const { dialect } = await pattern.dialect(sandbox?.row.dialect ?? '');
      const found = pattern.app.acts?.requester?.[act];
      if (sandbox === undefined || found === undefined) throw new Error(`no act ${act}`);
      return found.run(input, createCtx(standalone.host, sandbox, requester, dialect));
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
