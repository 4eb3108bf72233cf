import { createCtx } from './context.ts';
import { testEngines } from './engines.test-data.ts';
import type { LoadedPattern } from './http/host.ts';
import type { ExchangeView } from './journal.ts';
import { findParticipant, type LoadedSandbox, loadSandbox } from './participants.ts';
import { type Standalone, startStandalone } from './standalone.ts';

/** For the tests of patterns: one served over the engines of the run, whose simulated participants can be told to act. */
export interface Played extends Standalone {
  act(sandbox: string, participant: string, act: string, input?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Moves the sandbox's clock on, once what goes on has settled; resolves when all that fell due has. */
  advance(sandbox: string, milliseconds: number): Promise<void>;
  settled(sandbox: string): Promise<void>;
  exchanges(sandbox: string): Promise<readonly ExchangeView[]>;
}

export const play = async (pattern: LoadedPattern, now?: () => number): Promise<Played> => {
  const silent = { error: () => {}, warn: () => {} };
  const standalone = await startStandalone(pattern, { ...(await testEngines()), log: silent, ...(now && { now }) });
  const { sql, journal } = standalone.host;
  const load = async (id: string): Promise<LoadedSandbox> => {
    const sandbox = await loadSandbox(sql, id);
    if (sandbox === undefined) throw new Error(`no sandbox ${id}`);
    return sandbox;
  };
  const settled = async (id: string): Promise<void> => {
    const { row } = await load(id);
    await standalone.messages.settled({ id, serial: row.serial });
  };
  return {
    ...standalone,
    act: async (id, participant, act, input = {}) => {
      const sandbox = await load(id);
      const actor = findParticipant(sandbox, participant);
      const found = pattern.app.acts?.[participant]?.[act];
      if (actor === undefined || found === undefined) throw new Error(`${participant} has no act ${act}`);
      const { dialect } = await pattern.dialect(sandbox.row.dialect);
      return found.run(input, createCtx(standalone.host, sandbox, actor, dialect));
    },
    advance: async (id, milliseconds) => {
      await standalone.timers.advance(id, milliseconds);
      await settled(id);
    },
    settled,
    exchanges: async (id) => {
      const { row } = await load(id);
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
