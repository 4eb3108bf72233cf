import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Hl7Message } from '../hl7v2/message.ts';
import type { MllpTarget } from '../hl7v2/mllp-client.ts';
import { type Frame, FrameDecoder, frameOf } from '../hl7v2/mllp-frames.ts';
import { parseMllpUrl } from '../outbound-policy.ts';
import { ProblemError } from '../problem.ts';
import { describeBroken } from './broken.ts';
import type { Course } from './course.ts';
import type { Observation } from './evidence.ts';
import { UnreachableError } from './run-errors.ts';

/** One message of a run; where `silent`, it asks for no acknowledgement on this connection. */
export interface Hl7Step {
  readonly step: string;
  readonly message: Hl7Message;
  readonly silent?: true;
}

/**
 * How the frames go onto the wire: each when the one before is answered, all in one write, or byte by byte. Where they go
 * together the answers have to come in the order of the messages.
 */
export type Pace = 'in-turn' | 'together' | 'byte-by-byte';

export interface Hl7WireOptions {
  /** `mllp://host:port` or `mllps://…`. */
  readonly target: string;
  /** Real milliseconds for each answer. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  readonly since: () => number;
  readonly keep: (observation: Observation) => void;
  readonly course: Pick<Course, 'begin'>;
  /** Where to connect; the service passes one that keeps to its outbound policy. */
  readonly resolve?: (url: string) => Promise<MllpTarget>;
}

const MESSAGE_MAX = 5 * 1024 * 1024;

/** Without a policy: for a run on the machine of whoever starts it. */
const resolveFreely = async (url: string): Promise<MllpTarget> => {
  const { hostname, port, protocol } = parseMllpUrl(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const { address } = await lookup(host);
  return { address, port: Number(port), ...(protocol === 'mllps:' ? { tls: { servername: host } } : {}) };
};

const opened = ({ address, port, tls }: MllpTarget, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket =
      tls === undefined ? connect(port, address) : connectTls({ host: address, port, servername: tls.servername });
    const giveUp = () => socket.destroy(new Error('no connection in time'));
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('error', reject);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      signal.removeEventListener('abort', giveUp);
      socket.off('error', reject);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });

/** The frames of one connection as they come, or why none comes any more. */
class Incoming {
  readonly #frames: Frame[] = [];
  readonly #decoder = new FrameDecoder(MESSAGE_MAX);
  #over: string | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#frames.push(...this.#decoder.push(chunk));
      this.#wake();
    });
    socket.on('error', (error) => this.#end(describeBroken(error).detail));
    socket.on('close', () => this.#end('the connection was closed without an acknowledgement'));
  }

  #end(why: string): void {
    const rest = this.#decoder.broken ? undefined : this.#decoder.end();
    if (rest !== undefined) this.#frames.push(rest);
    this.#over ??= why;
    this.#wake();
  }

  async next(signal: AbortSignal): Promise<Frame | string> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#over !== undefined) return this.#over;
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
}

const writeSlowly = async (socket: Socket, bytes: Buffer): Promise<void> => {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Uint8Array.of(byte));
    await nextTurn();
  }
};

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** Sends the steps of one connection and gives what came of each. Throws UnreachableError where nobody is there at first. */
export const createHl7Wire = (options: Hl7WireOptions) => {
  const { target, timeout, since } = options;
  let reached = false;
  const limit = (): AbortSignal => {
    const own = AbortSignal.timeout(timeout);
    return options.signal === undefined ? own : AbortSignal.any([own, options.signal]);
  };

  const open = async (): Promise<Socket | string> => {
    try {
      const socket = await opened(await (options.resolve ?? resolveFreely)(target), limit());
      reached = true;
      return socket;
    } catch (error) {
      options.signal?.throwIfAborted();
      // Our own refusal to call that address says nothing about the target.
      if (error instanceof ProblemError) throw error;
      const { detail } = describeBroken(error);
      if (!reached) throw new UnreachableError(`${target} cannot be reached: ${detail}`);
      return detail;
    }
  };

  const kept = (step: Hl7Step, began: number, came: Frame | string | undefined): Observation => {
    const { message } = step;
    const type = [message.text('MSH-9.1'), message.text('MSH-9.2')].filter((part) => part !== '').join('^');
    const what: Pick<Observation, 'reply' | 'broken'> =
      came === undefined
        ? {}
        : typeof came === 'string'
          ? { broken: { how: came.startsWith('no answer') ? 'timeout' : 'dropped', detail: came } }
          : came.flaw === undefined
            ? { reply: { status: 0, headers: {}, body: textOf(came.content) } }
            : { broken: { how: 'dropped', detail: `what came is no frame (${came.flaw})` } };
    const observation: Observation = {
      step: step.step,
      request: { method: type, url: target, headers: {}, body: textOf(message.toBytes()) },
      ...what,
      milliseconds: Math.round((since() - began) * 10) / 10,
      began,
    };
    options.keep(observation);
    return observation;
  };

  const answer = async (incoming: Incoming): Promise<Frame | string> => {
    const signal = limit();
    try {
      return await incoming.next(signal);
    } catch {
      options.signal?.throwIfAborted();
      return `no answer within ${timeout} ms`;
    }
  };

  return async (steps: readonly Hl7Step[], pace: Pace = 'in-turn'): Promise<readonly Observation[]> => {
    for (const { step } of steps) options.course.begin(step);
    const began = since();
    const socket = await open();
    if (typeof socket === 'string') return steps.map((step) => kept(step, began, socket));
    const incoming = new Incoming(socket);
    try {
      const frames = steps.map(({ message }) => frameOf(message.toBytes()));
      if (pace === 'together') socket.write(Buffer.concat(frames));
      const observations: Observation[] = [];
      for (const [index, step] of steps.entries()) {
        const frame = frames[index] ?? Buffer.alloc(0);
        const start = since();
        if (pace === 'byte-by-byte') await writeSlowly(socket, frame);
        else if (pace === 'in-turn') socket.write(frame);
        observations.push(kept(step, start, step.silent === true ? undefined : await answer(incoming)));
      }
      return observations;
    } finally {
      socket.destroy();
    }
  };
};

export type Hl7Wire = ReturnType<typeof createHl7Wire>;
