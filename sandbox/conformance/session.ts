import { setTimeout as sleep } from 'node:timers/promises';
import { OUTBOUND_REFUSED } from '../outbound-policy.ts';
import { ProblemError, problem } from '../problem.ts';
import { describeBroken } from './broken.ts';
import type { Course } from './course.ts';
import type { Evidence, Observation, Received } from './evidence.ts';
import { type Listener, openListener } from './listener.ts';
import { isLiveNhsHost, liveHostWords } from './live-host.ts';
import type { Profile } from './profile.ts';
import { readBody } from './read-body.ts';
import { UnreachableError } from './run-errors.ts';

export interface StepRequest {
  readonly method: string;
  /** Below the target: `/Patient/1?…`; a full URL only for a second instance. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Names of headers of the profile that this step leaves out. */
  readonly without?: readonly string[];
}

export interface Session {
  readonly dialect: string;
  readonly profile: Profile;
  readonly target: string;
  readonly signal: AbortSignal | undefined;
  /** Sends one request and keeps what came of it under `step`. Never throws for what the target does. */
  http(step: string, request: StepRequest): Promise<Observation>;
  /** Opens a listener for what the target sends later; its messages are the steps `<name>-1`, … The run closes it. */
  listen(name?: string): Promise<Listener>;
  /** Says why steps are not taken. */
  leaveOut(steps: readonly string[], why: string): void;
  /** A fresh UUID. */
  uuid(): string;
  evidence(): Evidence;
  /** Waits so many real milliseconds, or until the run is cancelled: what a target asked for with Retry-After. */
  pause(milliseconds: number): Promise<void>;
  /** Closes every listener. */
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly target: string;
  readonly dialect: string;
  readonly profile: Profile;
  /** How requests are sent; the service passes one that keeps to its outbound policy. */
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal;
  readonly course: Course;
  /** Whoever starts the run has said that a live NHS host may be driven; else none is called that a target leads to. */
  readonly allowLive?: boolean;
  /** Is told where a listener listens, before the target is: it may have to let it be called first. */
  readonly listening?: (url: string) => Promise<void>;
}

const BODY_MAX = 10 * 1024 * 1024;

export const createSession = (options: SessionOptions): Session => {
  const { course, dialect, profile } = options;
  const target = options.target.replace(/\/+$/, '');
  const observations: Observation[] = [];
  const received: Received[] = [];
  const listeners: Promise<Listener>[] = [];
  const notTaken: Record<string, string> = {};
  const start = performance.now();
  const since = () => Math.round((performance.now() - start) * 10) / 10;

  const http = async (step: string, request: StepRequest): Promise<Observation> => {
    options.signal?.throwIfAborted();
    course.begin(step);
    const url = /^https?:/.test(request.path) ? request.path : `${target}${request.path}`;
    const { hostname = '' } = URL.parse(url) ?? {};
    if (options.allowLive !== true && isLiveNhsHost(hostname))
      throw problem(OUTBOUND_REFUSED, liveHostWords(hostname, 'What was answered led there.'), { at: 'target' });
    const authorization = profile.credentials.authorization;
    const headers = new Headers(profile.headers);
    if (authorization !== undefined) headers.set('authorization', authorization);
    for (const name of request.without ?? []) headers.delete(name);
    for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
    if (!headers.has('accept')) headers.set('accept', 'application/fhir+json');
    const sent = {
      method: request.method,
      url,
      headers: Object.fromEntries(headers),
      ...(request.body === undefined ? {} : { body: request.body }),
    };
    const began = since();
    const limit = AbortSignal.timeout(profile.timeout);
    const keep = (rest: Pick<Observation, 'reply' | 'broken'>): Observation => {
      const observation: Observation = {
        step,
        request: sent,
        ...rest,
        milliseconds: Math.round((since() - began) * 10) / 10,
        began,
      };
      observations.push(observation);
      return observation;
    };
    try {
      const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
      const response = await options.fetch(url, {
        method: request.method,
        headers,
        body: request.body ?? null,
        redirect: 'manual',
        signal,
      });
      return keep({
        reply: {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: await readBody(response, BODY_MAX),
        },
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      // Our own refusal to call that address says nothing about the target.
      if (error instanceof ProblemError) throw error;
      const { never, detail } = describeBroken(error);
      const how = limit.aborted ? 'timeout' : never ? 'unreachable' : 'dropped';
      // The first request that finds nobody ends the run: nothing about the system could be judged.
      if (how === 'unreachable' && observations.every((one) => one.reply === undefined))
        throw new UnreachableError(`${target} cannot be reached: ${detail}`);
      return keep({ broken: { how, detail: how === 'timeout' ? `no answer within ${profile.timeout} ms` : detail } });
    }
  };

  return {
    dialect,
    profile,
    target,
    signal: options.signal,
    http,
    listen: (name = 'callback') => {
      const { signal } = options;
      const keep = (message: Received) => void received.push(message);
      const opened = openListener({ name, profile, keep, since, ...(signal === undefined ? {} : { signal }) });
      listeners.push(opened);
      return opened.then(async (listener) => {
        await options.listening?.(listener.url);
        return listener;
      });
    },
    pause: async (milliseconds) => {
      const within = Math.min(milliseconds, course.left());
      await sleep(within, undefined, options.signal === undefined ? {} : { signal: options.signal });
      if (within < milliseconds) course.timeIsOver();
    },
    leaveOut: (steps, why) => {
      for (const step of steps) notTaken[step] = why;
      course.leaveOut(steps);
    },
    uuid: () => crypto.randomUUID(),
    evidence: () => {
      const ended = course.ended();
      return { dialect, profile, observations, received, notTaken, ...(ended === undefined ? {} : { ended }) };
    },
    close: async () => {
      // One that could not be opened has told the drive so.
      const opened = await Promise.allSettled(listeners);
      await Promise.all(opened.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    },
  };
};
