import type { BlobReference, Blobs } from './blobs.ts';
import type { Conclusion } from './conclusion.ts';
import type { Dialect } from './dialect.ts';
import type { Entrance } from './entrance.ts';
import type { Acknowledged, Hl7Part, OutgoingHl7 } from './hl7v2/port.ts';
import type { Lesson } from './messages/lesson.ts';
import type { Retry } from './messages/retry.ts';
import type { Example, SeedOptions } from './seed-options.ts';
import type { Migration, Reader, Tx } from './sql/port.ts';
import type { Follow, Streams } from './streams.ts';
import type { OwnWays } from './ways.ts';
import type { Worklist } from './worklist.ts';

/** Who sent a message, as far as it can be known (rules 5). */
export interface Caller {
  /** A participant's name, or `unknown`. */
  readonly participant: string;
  /** True where only the message itself says so (an ODS header, MSH-4), with no credential behind it. */
  readonly claimed: boolean;
}

/** One HTTP request to an operation of the contract, already matched, authorised and validated at the edge. */
export interface Call {
  readonly operationId: string;
  readonly method: string;
  /** Absolute URL of the participant's base, without a trailing slash: `http://host/sandboxes/{id}/{participant}`. */
  readonly base: string;
  /** The same without the participant's name, under which the main participant is reached too. */
  readonly shortBase?: string;
  /** The path below `base`, as it was sent: `/FHIR/R4/Patient/9000000009`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly from: Caller;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or bytes are sent as they are, an object as JSON; chunks (NDJSON) as they come. */
  readonly body?: string | Uint8Array | object | AsyncIterable<string | Uint8Array>;
  /**
   * A text that a store of the pattern keeps unchanged for as long as the sandbox lives, and how `StorePart.text` finds it.
   * Where it is what is sent, the journal does not keep it a second time.
   */
  readonly stored?: { readonly text: string; readonly key: string };
  /** In place of a body: what happens from now on, for as long as the client stays. */
  readonly follow?: Follow;
  /** Where a part of the request was refused because it may name a real person: then the journal keeps nothing of that. */
  readonly concealed?: boolean;
}

/** A request that one participant sends to another; `path` is below the receiver's base. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or bytes are sent as they are; an object as JSON. */
  readonly body?: string | Uint8Array | object;
  /** Real milliseconds; the default is 30,000. */
  readonly timeout?: number;
  /** Whether its receiver can tell that it comes from here: see webhook-signature.ts. */
  readonly signed?: boolean;
}

export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The exchange in the journal. */
  readonly exchange: string;
}

export interface SandboxView {
  readonly id: string;
  readonly pattern: string;
  readonly generation: number;
  readonly serial: number;
  readonly seed: number;
}

export interface ParticipantView {
  readonly name: string;
  readonly index: number;
  readonly mode: 'simulated' | 'external' | 'stopped';
}

/** A timer on the sandbox clock; `name` is a key of the pattern's `timers`. Times are ms since the epoch. */
export interface Timer {
  readonly name: string;
  readonly due: number;
  readonly data: unknown;
  /** Whose it is, where not of the participant that schedules it: who comes to look at what another has for it. */
  readonly participant?: string;
}

/** What is put into a queue of the pattern, for one of the sandbox's participants. */
export interface NewMessage {
  /** A key of the pattern's `consumers`. */
  readonly consumer: string;
  /** The participant that gets it; the consumer's own unless told. */
  readonly to?: string;
  /** Messages of one key are handled one after the other, in the order in which they were sent, failed attempts included. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of an object it is `application/json` unless told. */
  readonly contentType?: string;
  /** As of Outgoing. */
  readonly body: string | Uint8Array | object;
  /** Sandbox time before which it is not delivered. */
  readonly notBefore?: number;
  /** Sandbox time from which on it is not delivered any more but is a dead letter. */
  readonly expires?: number;
}

/** A message as it was delivered; times are ms since the epoch on the sandbox clock. */
export interface Message {
  readonly id: string;
  readonly consumer: string;
  readonly from: string;
  readonly to: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType?: string;
  /** The whole of it, also where it travelled as a claim check. */
  readonly body: Uint8Array;
  /** Where the body was too large to travel: by which it was fetched from the blob store. */
  readonly claim?: BlobReference;
  readonly sentAt: number;
  readonly expires?: number;
  /** 1 at first. */
  readonly attempt: number;
}

/**
 * Handles what is in the work queue `<pattern>.<name>`, as the participant that the message is for, while that is simulated;
 * what is for an external or stopped one is held, and handled once its seat is given back.
 *
 * A message may arrive more than once and has one effect: the first `ctx.transaction` takes it out of the queue, and rejects
 * where that has happened before. So whatever may have to be tried again (a request to another system) comes before it, or
 * is a message of its own; a handler that throws before it is tried again by `retry` (throw `Undeliverable` where that
 * would be in vain); what it throws after is only noted.
 */
export interface Consumer {
  /** Whose work this is; the receiver of messages that name no other. */
  readonly participant: string;
  /** Whether parties outside that use the broker get its messages, or publish to it; what is internal is neither. */
  readonly outside?: boolean;
  readonly retry?: Retry;
  /** Of messages from one participant to another: sentinels strike these, and how. */
  readonly lesson?: Lesson;
  handle(message: Message, ctx: Ctx): Promise<void>;
}

/** A sandbox as one of its participants sees it. Nothing else reaches a pattern. */
export interface Ctx {
  readonly sandbox: SandboxView;
  readonly participant: ParticipantView;
  readonly dialect: Dialect;
  /** The participant's store: see space.ts. */
  readonly store: number;
  /** Whether NHS numbers outside the test ranges are let through (`ALLOW_REAL_NHS_NUMBERS`). */
  readonly allowRealNhsNumbers: boolean;
  /** Reads outside any transaction. */
  readonly sql: Reader;
  /** All writes. The first also records the request half of what set this off (rules 3), with a conclusion all of it. */
  transaction<T>(body: (tx: Tx) => Promise<T>, conclusion?: Conclusion<T>): Promise<T>;
  /** The next `count` numbers of the sandbox's own sequence; returns the first. They order resources, versions, exchanges. */
  next(tx: Tx, count?: number): Promise<number>;
  /** Milliseconds since the epoch on the sandbox clock, fixed for the whole call. */
  now(): number;
  /** A durable timer of this sandbox and participant, stored in the transaction that schedules it. */
  schedule(tx: Tx, timer: Timer): Promise<void>;
  /** Queues a message in the transaction of its effect; returns its id. Delivered at least once, with one effect: `Consumer`. */
  enqueue(tx: Tx, message: NewMessage): Promise<string>;
  /** Sends as this participant to another of the sandbox, simulated or external; recorded once in the journal. */
  send(to: string, request: Outgoing): Promise<Incoming>;
  /** The same with an HL7 v2 message, over MLLP where that is external; the pattern has to have `hl7v2`. */
  sendHl7(to: string, outgoing: OutgoingHl7): Promise<Acknowledged>;
  /**
   * Where a participant of this sandbox is, as others are told: its own base, absolute and without a trailing slash; for an
   * external one the URL that was given, and undefined where none was.
   */
  baseOf(participant: string): string | undefined;
  /** Large bodies, in pieces (claim checks); they last as long as this generation of the sandbox. */
  readonly blobs: Blobs;
  /** Uniform in [0, 1), seeded by the sandbox: the same run gives the same numbers. */
  random(): number;
  /** A fresh UUID (RFC 9562 version 4). */
  uuid(): string;
}

export type Handler = (call: Call, ctx: Ctx) => Reply | Promise<Reply>;
export type TimerHandler = (timer: Timer, ctx: Ctx) => Promise<void>;

/** What a simulated participant can be told to do now. `input` is a JSON Schema of the body, for the page and for validation. */
export interface Act {
  readonly title: string;
  readonly summary: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Only in these dialects; in all when absent. Of an act that parts have (pattern-part.ts), those of the parts. */
  readonly dialects?: readonly string[];
  run(input: Readonly<Record<string, unknown>>, ctx: Ctx): Promise<unknown>;
}

/** A set of tables keyed by store or space: how to seed a store from a template, and how to empty one in pages. */
export interface StorePart {
  readonly migrations: readonly Migration[];
  /** Writes for a store that was seeded what its first copy would wait for. */
  complete?(ctx: Ctx): Promise<void>;
  /** Copies all rows of `from` to `to`, which is empty, by INSERT … SELECT. */
  copy(tx: Tx, from: number, to: number): Promise<void>;
  /** Deletes at most about `limit` rows of the store; returns how many it deleted (0 when nothing is left). */
  sweep(tx: Tx, store: number, limit: number): Promise<number>;
  /** The text behind `Reply.stored`; undefined for a key of another part, and for what is gone. */
  text?(reader: Reader, key: string): Promise<string | undefined>;
}

/** `patterns/<id>/app.ts` exports one of these as `app`. Pure functions over a context; no module state. */
export interface PatternApp {
  /** By operationId of the pattern's contract (`openapi/<id>.yaml`). */
  readonly handlers: Readonly<Record<string, Handler>>;
  /**
   * What a handler, one of a dialect's own included, is given in place of the plain context: with the pattern's rules about
   * writing and reading (fhir/write-guard.ts), which depend on who calls.
   */
  context?(call: Call, ctx: Ctx): Ctx | Promise<Ctx>;
  /** Where people enter, told beside the endpoints. */
  readonly entrances?: readonly Entrance[];
  readonly timers?: Readonly<Record<string, TimerHandler>>;
  /** By name, `^[a-z][a-z0-9-]*$`: each has a work queue that all sandboxes of the pattern share. */
  readonly consumers?: Readonly<Record<string, Consumer>>;
  /** HL7 v2 over MLLP: `hl7v2({ recipient: { receive } })` of hl7v2/part.ts. */
  readonly hl7v2?: Hl7Part;
  /** participant → act id → act. */
  readonly acts?: Readonly<Record<string, Readonly<Record<string, Act>>>>;
  /** What waits for people, by participant; each choice is one of its acts. */
  readonly worklists?: Readonly<Record<string, Worklist>>;
  /** What can be followed now, by the participant that serves it. */
  readonly streams?: Readonly<Record<string, Streams>>;
  readonly stores?: readonly StorePart[];
  /** Fills the store of `ctx.participant` of a template sandbox; called once for each participant. */
  seed?(ctx: Ctx, options: SeedOptions): Promise<void>;
  /** What the seed put there that is good to try, for the sandbox's page; the same arguments give the same answer. */
  examples?(dialect: string, options: SeedOptions): Promise<readonly Example[]>;
  waysIn?(dialect: string): OwnWays | undefined; // What its parts say: ways.ts.
}
