import type { LoadedSandbox, ParticipantRow } from './participants.ts';
import type { Caller } from './pattern.ts';
import type { ProblemError } from './problem.ts';
import type { Sql } from './sql/port.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** A request as it stands at the edge, matched but not yet performed. */
export interface Presented {
  readonly sandbox: LoadedSandbox;
  /** Of the participant that is called. */
  readonly store: number;
  readonly params: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Headers;
  /** Tokens and signatures are on real time, which no pattern sees (rules 4): milliseconds since the epoch. */
  readonly realNow: number;
  readonly sql: Sql;
}

/** A request that a participant of ours is about to send. */
export interface Signing {
  readonly sender: ParticipantRow;
  readonly receiver: ParticipantRow;
  readonly path: string;
  readonly realNow: number;
  /** Different each time. */
  readonly nonce: string;
}

/** For how long a proof is one, where it has an end: a stream that was opened with it ends then, too. */
export interface Standing {
  /** Real milliseconds. */
  readonly until: number;
  /** Whether it is still good before then: it may have been revoked. */
  holds(): Promise<boolean>;
}

export interface Recognised {
  readonly caller: Caller;
  readonly standing?: Standing;
  /** Why it is not let in although it is known who asks: a token that was used before. The journal names the caller. */
  readonly refusal?: ProblemError;
}

/**
 * How callers of a dialect prove who they are, where that is no bearer token: `export const authentication` of
 * `sandbox/dialects/<id>.ts`. It stands at the edges, in and out, because it works on real time.
 */
export interface Authentication {
  /** Who presents this; throws where that cannot be told. There is a credential behind it, so it is never `claimed`. */
  judge(presented: Presented): Promise<Recognised>;
  /** The Authorization header; undefined where the request needs none. */
  sign(signing: Signing): string | undefined;
}
