/** MLLP: `VT message FS CR` (HL7 v2 transport specification, MLLP release 1). */
const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;

/**
 * What is wrong with a frame, and what becomes of it:
 * - `no-cr`: FS is followed by something else than CR, and what stands before it may be a part of the message only;
 * - `restarted`: VT came before the end, so its sender gave up and began anew;
 * - `unfinished`: the connection or the time to send it ended first;
 * - `too-long`: it has more bytes than a message may have; nothing more is read on this connection;
 * - `garbage`: bytes that are in no frame. A little is skipped, after more nothing more is read on this connection.
 */
export type Flaw = 'no-cr' | 'restarted' | 'unfinished' | 'too-long' | 'garbage';

/** The content of a frame; with a flaw, its beginning. */
export interface Frame {
  readonly content: Buffer;
  readonly flaw?: Flaw;
}

export const frameOf = (content: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(content.length + 3);
  frame[0] = VT;
  frame.set(content, 1);
  frame[content.length + 1] = FS;
  frame[content.length + 2] = CR;
  return frame;
};

/** How much of a flawed frame is kept: enough for its header. */
const KEPT = 4096;
const GARBAGE_MAX = 4096;
const NOTHING = Buffer.alloc(0);

/** Line breaks between frames are what some senders end theirs with. */
const withoutBlanks = (bytes: Buffer): Buffer => {
  const begin = bytes.findIndex((byte) => byte !== CR && byte !== 0x0a && byte !== 0x20);
  return begin < 0 ? NOTHING : bytes.subarray(begin);
};

/** Bytes that come in pieces. Grows by doubling, so that a frame sent byte by byte costs no more memory than it has. */
class Collector {
  #bytes = NOTHING;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(piece: Buffer): void {
    const size = this.#size + piece.length;
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, this.#bytes.length * 2, 1024));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    piece.copy(this.#bytes, this.#size);
    this.#size = size;
  }

  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#size);
    this.#bytes = NOTHING;
    this.#size = 0;
    return taken;
  }
}

/** Finds the frames in what a connection brings, in whatever pieces. */
export class FrameDecoder {
  readonly #max: number;
  readonly #content = new Collector();
  readonly #garbage = new Collector();
  #state: 'between' | 'inside' | 'ending' | 'broken' = 'between';
  /** After `no-cr`, what follows belongs to the same mistake. */
  #swallow = false;

  /** `max` is how many bytes a message may have. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether something has begun and not ended. */
  get waiting(): boolean {
    return this.#state === 'inside' || this.#state === 'ending' || this.#garbage.size > 0;
  }

  /** Whether nothing more is read. */
  get broken(): boolean {
    return this.#state === 'broken';
  }

  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < chunk.length && this.#state !== 'broken') {
      if (this.#state === 'between') at = this.#between(chunk, at, frames);
      else if (this.#state === 'ending') at = this.#ending(chunk, at, frames);
      else at = this.#inside(chunk, at, frames);
    }
    return frames;
  }

  /** What there is of a frame when nothing more comes. */
  end(): Frame | undefined {
    const inside = this.#state === 'inside' || this.#state === 'ending';
    const flaw = this.#state === 'ending' ? 'no-cr' : 'unfinished';
    this.#state = 'broken';
    if (inside) return { content: this.#content.take().subarray(0, KEPT), flaw };
    return this.#garbage.size === 0 ? undefined : { content: this.#garbage.take(), flaw: 'garbage' };
  }

  #between(chunk: Buffer, at: number, frames: Frame[]): number {
    const begin = chunk.indexOf(VT, at);
    const skipped = chunk.subarray(at, begin < 0 ? chunk.length : begin);
    const strange = this.#garbage.size > 0 ? skipped : withoutBlanks(skipped);
    if (!this.#swallow) this.#garbage.add(strange.subarray(0, GARBAGE_MAX + 1));
    const tooMuch = this.#garbage.size > GARBAGE_MAX;
    if ((begin >= 0 || tooMuch) && this.#garbage.size > 0)
      frames.push({ content: this.#garbage.take().subarray(0, KEPT), flaw: 'garbage' });
    if (tooMuch) this.#state = 'broken';
    else if (begin >= 0) this.#state = 'inside';
    if (begin >= 0) this.#swallow = false;
    return begin < 0 ? chunk.length : begin + 1;
  }

  #ending(chunk: Buffer, at: number, frames: Frame[]): number {
    const complete = chunk[at] === CR;
    const content = this.#content.take();
    frames.push(complete ? { content } : { content, flaw: 'no-cr' });
    this.#state = 'between';
    this.#swallow = !complete;
    return complete ? at + 1 : at;
  }

  #inside(chunk: Buffer, at: number, frames: Frame[]): number {
    const found = chunk.indexOf(FS, at);
    const piece = chunk.subarray(at, found < 0 ? chunk.length : found);
    const restart = piece.indexOf(VT);
    if (this.#content.size + piece.length > this.#max && restart < 0) {
      this.#content.add(piece.subarray(0, KEPT));
      frames.push({ content: this.#content.take().subarray(0, KEPT), flaw: 'too-long' });
      this.#state = 'broken';
      return chunk.length;
    }
    if (restart >= 0) {
      this.#content.add(piece.subarray(0, Math.min(restart, KEPT)));
      frames.push({ content: this.#content.take().subarray(0, KEPT), flaw: 'restarted' });
      return at + restart + 1;
    }
    if (found >= 0 && chunk[found + 1] === CR && this.#content.size === 0) {
      // The usual case: all of it in one piece.
      frames.push({ content: piece });
      this.#state = 'between';
      return found + 2;
    }
    this.#content.add(piece);
    if (found < 0) return chunk.length;
    this.#state = 'ending';
    return found + 1;
  }
}
