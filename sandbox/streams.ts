import type { Ctx } from './pattern.ts';

/** Something in a stream: what it is called there, and as what who comes back may name it as the last that it has (Last-Event-ID). */
export interface Followed {
  readonly id: number;
  readonly event: string;
  readonly data: object;
}

/** A cursor over rows: they are read again whenever something in the sandbox was committed, and sent as server-sent events. */
export interface Follow {
  readonly after: number;
  /** What comes next after a cursor, in order; undefined where there will be nothing any more. */
  read(after: number): Promise<readonly Followed[] | undefined>;
}

/**
 * Something that happens at a participant and can be followed there, as server-sent events and by WebSocket at the same
 * address; without a path where there is none yet, and then the note says how there comes to be one.
 */
export interface Stream {
  /** Below the participant's base. */
  readonly path?: string;
  /** Only by WebSocket, or only as server-sent events; both unless told. */
  readonly only?: 'sse' | 'ws';
  /** Whose it is: the participant whose credential is shown with it. */
  readonly of?: string;
  readonly note: string;
}

/** What can be followed at a participant now. */
export type Streams = (ctx: Ctx) => Promise<readonly Stream[]>;
