import type { Socket } from 'node:net';
import { type Frame, FrameDecoder } from './mllp-frames.ts';

/** What is sent for a frame, as it goes on the wire, and what becomes of the connection then. */
export interface Answer {
  readonly wire?: Buffer;
  /** `end` closes it, `reset` breaks it off; without either it stays. */
  readonly close?: 'end' | 'reset';
}

export interface ConnectionOptions {
  /** Bytes of a message. */
  readonly messageMax: number;
  /** Real milliseconds without a byte between frames. */
  readonly idleTimeout: number;
  /** Real milliseconds from the first byte of a frame to its last, and for taking an answer. */
  readonly frameTimeout: number;
  /** Never rejects. Frames of one connection are handled one after another. */
  handle(frame: Frame): Promise<Answer>;
}

const LINGER = 2_000;

/**
 * One connection of a sender. What arrives while a frame is handled stops the reading, so that a sender that is faster than
 * we are is held back by TCP; and the next frame is not begun before the answer to the one before was taken.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #decoder: FrameDecoder;
  readonly #queue: Frame[] = [];
  readonly #closed: Promise<void>;
  /** For the pauses between frames: one timer for the connection, since setting one costs more than pushing it on. */
  readonly #idle: NodeJS.Timeout;
  /** For the frame that has begun, or for the other side to say that it is over. */
  #timer: NodeJS.Timeout | undefined;
  #working = false;
  #closing = false;
  #ended = false;
  /** Whether nothing more is read or written. */
  #over = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#decoder = new FrameDecoder(options.messageMax);
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setNoDelay(true);
    // A sender that vanishes is no fault of ours; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(this.#timer);
      clearTimeout(this.#idle);
    });
    socket.on('data', (chunk: Buffer) => this.#take(this.#decoder.push(chunk)));
    socket.on('end', () => {
      if (this.#over) return;
      this.#ended = true;
      const rest = this.#decoder.end();
      this.#take(rest === undefined ? [] : [rest]);
    });
    this.#idle = setTimeout(() => {
      if (this.#working || this.#timer !== undefined) this.#idle.refresh();
      else this.#expire();
    }, options.idleTimeout);
  }

  /** Finishes the message that is being handled, then closes; resolves when that is done. */
  close(): Promise<void> {
    this.#closing = true;
    if (!this.#working) this.#end();
    return this.#closed;
  }

  #take(frames: readonly Frame[]): void {
    this.#queue.push(...frames);
    if (this.#working) this.#socket.pause();
    else if (this.#queue.length > 0 || this.#ended || this.#decoder.broken) void this.#work();
    else this.#watch();
  }

  /** A frame has so long from its beginning, whatever arrives meanwhile; and so has a pause between frames. */
  #watch(): void {
    if (!this.#decoder.waiting) this.#idle.refresh();
    else this.#timer ??= setTimeout(() => this.#expire(), this.#options.frameTimeout);
  }

  #expire(): void {
    this.#stopTimer();
    const rest = this.#decoder.end();
    this.#ended = true;
    this.#take(rest === undefined ? [] : [rest]);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Says that nothing more comes, and waits a little for the other side to say the same: closing at once with bytes unread
   * would make the operating system take back what was just answered.
   */
  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopTimer();
    clearTimeout(this.#idle);
    this.#socket.removeAllListeners('data').resume();
    this.#socket.end();
    if (this.#socket.readableEnded) this.#socket.destroySoon();
    else this.#socket.once('end', () => this.#socket.destroySoon());
    this.#timer = setTimeout(() => this.#socket.destroy(), LINGER);
  }

  async #work(): Promise<void> {
    this.#working = true;
    if (this.#timer !== undefined) this.#stopTimer();
    let close: Answer['close'];
    for (let frame = this.#queue.shift(); frame !== undefined && close === undefined; frame = this.#queue.shift()) {
      if (this.#closing) break;
      const answer = await this.#options.handle(frame);
      if (this.#socket.destroyed) return;
      if (answer.wire !== undefined && !(await this.#write(answer.wire))) return;
      close = answer.close;
    }
    this.#working = false;
    if (close === 'reset') this.#socket.resetAndDestroy();
    else if (close === 'end' || this.#closing || this.#ended || this.#decoder.broken) this.#end();
    else {
      if (this.#socket.isPaused()) this.#socket.resume();
      this.#watch();
    }
  }

  /** Whether the other side took it in time. */
  #write(wire: Buffer): Promise<boolean> {
    if (this.#socket.write(wire)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), this.#options.frameTimeout);
      const done = (taken: boolean) => {
        clearTimeout(timer);
        this.#socket.off('drain', drained).off('close', gone);
        resolve(taken);
      };
      const drained = () => done(true);
      const gone = () => done(false);
      this.#socket.on('drain', drained).on('close', gone);
    });
  }
}
