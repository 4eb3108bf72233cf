import type { Authentication } from '../authentication.ts';
import type { OpenApiDocument } from '../contract-schema.ts';
import type { Dialect } from '../dialect.ts';
import type { Journal } from '../journal.ts';
import type { PatternManifest } from '../manifest.ts';
import type { PostRoom } from '../messages/post-room.ts';
import type { MllpPorts } from '../mllp-ports.ts';
import type { Handler, PatternApp } from '../pattern.ts';
import type { TryOne } from '../request-shape.ts';
import type { Sql } from '../sql/port.ts';
import type { Injector } from './injector.ts';

/** A dialect as the catalogue found it. */
export interface LoadedDialect {
  readonly dialect: Dialect;
  /** Replaces the pattern's contract, where the dialect has paths of its own. */
  readonly contract?: OpenApiDocument;
  /** Come before the pattern's handlers of the same operationId. */
  readonly handlers?: Readonly<Record<string, Handler>>;
  /** How its callers prove who they are, where that is no bearer token. */
  readonly authentication?: Authentication;
}

/** A pattern that can be run. Asking twice gives the same object, so that what is compiled from it can be kept. */
export interface LoadedPattern {
  readonly id: string;
  readonly manifest: PatternManifest;
  readonly app: PatternApp;
  readonly contract: OpenApiDocument;
  /** What is good to try at its participants, where there is a page to show it. */
  readonly requests?: readonly TryOne[];
  dialect(id: string): Promise<LoadedDialect>;
}

/** Structural subset of pino's logger. */
export interface Log {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What runs sandboxes: built once by the entry file (or by an exported project) and handed to all that serve them. */
export interface Host {
  readonly sql: Sql;
  readonly journal: Journal;
  readonly log: Log;
  /** Origin that endpoints are shown under, without a trailing slash; known once the service listens. */
  publicUrl(): string;
  /** Scheme, host and port that parties outside reach the broker by, where those are others than ours (`PUBLIC_BROKER_URL`). */
  readonly publicBrokerUrl?: string;
  readonly allowRealNhsNumbers: boolean;
  /** Hosts, addresses and CIDR ranges that may be called although they are not public (`OUTBOUND_ALLOW`). */
  readonly outboundAllow: readonly string[];
  /** While this is so, external participants may be on loopback too. */
  readonly listensOnLoopbackOnly: boolean;
  /** Bytes of a request body, after decompression; 5 MB unless told. */
  readonly bodyLimit?: number;
  pattern(id: string): Promise<LoadedPattern>;
  /** What one simulated participant sends another goes through it: `new Injector()`, to which `sandboxEdge` connects. */
  readonly injector: Injector;
  /** Where messages that were put into a queue are made known: `new PostRoom()`, to which `createMessageEngine` connects. */
  readonly messages: PostRoom;
  /** Where MLLP is listened for; absent where it is not. */
  readonly mllp?: MllpPorts;
  /** Aborted when the service begins to close: what would go on for ever ends then. */
  readonly closing?: AbortSignal;
  /** The real clock: milliseconds since the epoch. */
  now(): number;
}
