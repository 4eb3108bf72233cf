import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Frame, FrameDecoder, frameOf } from './mllp-frames.ts';

export interface MllpTarget {
  /** An address. */
  readonly address: string;
  readonly port: number;
  /** The name that the certificate has to be for; without it, plain TCP. */
  readonly tls?: { readonly servername: string; readonly ca?: string };
}

/** Why there is no answer, in words that follow the name of the other side. */
export class MllpError extends Error {
  /** What did come, as it was on the wire. */
  readonly received: Buffer | undefined;

  constructor(message: string, received?: Buffer) {
    super(message);
    this.name = 'MllpError';
    this.received = received;
  }
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'broke the connection off without an acknowledgement',
  EPIPE: 'closed the connection without an acknowledgement',
};

const SHOWN = 4096;

const whyOf = (error: Error & { code?: string }): string =>
  WHY[error.code ?? ''] ?? `failed with ${error.code ?? error.message}`;

/**
 * A connection to a listener, on which messages are sent one after another, each when the one before is answered. It does
 * not look into messages: whether an answer is the right one is the caller's question. After anything but a whole frame it
 * is closed, since what comes later could be taken for the answer to another message.
 */
export class MllpClient {
  readonly #socket: Socket;
  readonly #decoder: FrameDecoder;
  readonly #frames: Frame[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #failure: MllpError | undefined;
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #waiting = 0;
  #over: () => void = () => undefined;

  constructor({ address, port, tls }: MllpTarget, messageMax = 5 * 1024 * 1024) {
    this.#decoder = new FrameDecoder(messageMax);
    this.#socket =
      tls === undefined
        ? connect(port, address)
        : connectTls({
            host: address,
            port,
            servername: tls.servername,
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
          });
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => {
      if (this.#received.length < SHOWN) this.#received = Buffer.concat([this.#received, chunk]).subarray(0, SHOWN);
      this.#frames.push(...this.#decoder.push(chunk));
      this.#wake();
    });
    this.#socket.on('error', (error) => this.#fail(whyOf(error)));
    this.#socket.on('close', () => this.#fail('closed the connection without an acknowledgement'));
  }

  /** Whether it can be sent on: it was not closed, and nothing went wrong on it. */
  get usable(): boolean {
    return this.#failure === undefined;
  }

  /** Whether a message is on its way. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Calls back when it can be sent on no more. */
  whenOver(call: () => void): void {
    this.#over = call;
  }

  /** Sends a message and gives the content of the frame that comes back. Rejects with MllpError, or the signal's reason. */
  send(message: Uint8Array, signal: AbortSignal): Promise<Buffer> {
    return this.#inTurn(() => this.#exchange(message, signal));
  }

  /** Sends a message that nobody answers; resolves when it was handed to the operating system. */
  post(message: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#post(message, signal));
  }

  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #post(message: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      this.#wake = () => this.#failure && reject(this.#failure);
      this.#socket.write(frameOf(message), () => resolve());
    });
  }

  close(): void {
    if (this.#failure === undefined) this.#socket.end(() => this.#socket.destroy());
    else this.#socket.destroy();
  }

  #fail(why: string): void {
    const rest = this.#decoder.broken ? undefined : this.#decoder.end();
    if (rest !== undefined) this.#frames.push(rest);
    this.#failure ??= new MllpError(why, this.#received);
    this.#wake();
    this.#over();
  }

  async #exchange(message: Uint8Array, signal: AbortSignal): Promise<Buffer> {
    try {
      signal.throwIfAborted();
      this.#received = Buffer.alloc(0);
      // What came unasked, or to a message that asked for nothing, is no answer to this one.
      if (this.#failure === undefined) this.#frames.length = 0;
      if (this.#failure === undefined) this.#socket.write(frameOf(message));
      const frame = await this.#next(signal);
      if (frame.flaw !== undefined)
        throw new MllpError(`sent something that is no frame (${frame.flaw})`, this.#received);
      return frame.content;
    } catch (error) {
      this.#failure ??= error instanceof MllpError ? error : new MllpError('was given up', this.#received);
      this.#socket.destroy();
      throw error;
    }
  }

  async #next(signal: AbortSignal): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve, reject) => {
        const abort = () => reject(signal.reason);
        signal.addEventListener('abort', abort, { once: true });
        this.#wake = () => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
      });
    }
  }
}
