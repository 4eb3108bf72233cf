import type { AuthMode } from './auth/mode.ts';
import type { OwnWays } from './ways.ts';

/**
 * How one real API speaks a pattern, as data: `sandbox/dialects/<id>.yaml`. A dialect with paths of its own adds
 * `<id>.openapi.yaml` (its contract, which then replaces the pattern's for the participants that speak it) and `<id>.ts`
 * (`export const handlers: Record<operationId, Handler>`).
 */
export interface Dialect {
  readonly id: string;
  readonly title: string;
  /** The document that says so, with its date. */
  readonly source: { readonly title: string; readonly date: string };
  /** Patterns that it speaks beyond those whose `pattern.yaml` names it: so that a new dialect edits no pattern. */
  readonly patterns?: readonly string[];
  /**
   * Dialects whose paths lie beside those of this one, and are served as they speak, their authentication and errors included:
   * MNS delivers to mailboxes of MESH.
   */
  readonly beside?: readonly string[];
  readonly headers: {
    /** Refused with the dialect's `missing-header` / `invalid-header` code when absent or malformed. */
    readonly required: readonly {
      readonly name: string;
      readonly format?: 'uuid';
      readonly note?: string;
      /** The condition when it is absent, where the API has a code of its own for that. */
      readonly condition?: string;
      /** Tags of the contract: only operations that have one of them require it. */
      readonly of?: readonly string[];
    }[];
    /** Copied unchanged from request to every response, errors included. */
    readonly echoed: readonly string[];
  };
  /** The header in which a caller claims who it is, if any. */
  readonly identity?: { readonly header: string };
  /** What the id of a record looks like, as a regular expression (else `invalid-id`), and who makes it. */
  readonly ids?: {
    readonly pattern: string;
    readonly madeBy: 'server' | 'client' | 'national';
    readonly note?: string;
  };
  /** Entries of a search: where nothing is asked for, and at most. */
  readonly pages?: { readonly usual: number; readonly most: number };
  /** operationId → how it says that it went well. */
  readonly statuses?: Readonly<Record<string, number>>;
  /**
   * How callers of the real API prove who they are, of what a sandbox can ask for; empty where that is a way of its own. A
   * sandbox is open unless told, whatever stands here.
   */
  readonly authentication?: { readonly modes: readonly AuthMode[]; readonly note?: string };
  /**
   * `as-sent`: the exchange carries what it does not read, so a body keeps its Content-Encoding and is neither unpacked nor
   * checked. `read` unless told: bodies are unpacked, and text in them has to be text.
   */
  readonly bodies?: 'as-sent' | 'read';
  /** Bytes of the largest body that this API takes in one request; the service's own limit unless told. */
  readonly bodyMax?: number;
  readonly concurrency: {
    /** Whether an update or patch without If-Match is refused (condition `precondition-missing`). */
    readonly ifMatchRequired: boolean;
    /** What carries the version, in request and reply, where it is not If-Match and ETag. */
    readonly header?: string;
    /** `W/"3"`, which is usual, or `3`. */
    readonly form?: 'entity-tag' | 'number';
  };
  readonly errors: {
    /** CodeSystem of `issue.details.coding`. */
    readonly system: string;
    readonly version?: string;
    /** The profile that an OperationOutcome claims, which then has an id, too. */
    readonly profile?: string;
    /** Condition (problem.ts) → how this API says it; conditions not listed use `default` with the template's status. */
    readonly conditions: Readonly<Record<string, DialectError>>;
    readonly default: DialectError;
    /** How a body says it where this API does not speak FHIR: the first that fits. Without one it is an OperationOutcome below /FHIR. */
    readonly formats?: readonly ErrorFormat[];
  };
  /** Values of the parameter `version` in Accept that are served; others are refused as not acceptable. Any, where absent. */
  readonly versions?: readonly string[];
  /** Which headers state a version of the API; Accept alone, where absent. */
  readonly versioned?: readonly ('accept' | 'content-type')[];
  /** Whether a HEAD is answered like a GET; yes unless told. */
  readonly head?: boolean;
  /** How a registry of pointers behaves where the APIs differ: pointers/. */
  readonly pointers?: PointerRules;
  /** Base dialects offer the FHIR capabilities interaction; `pds`, `nrl` and `imms` do not. */
  readonly capabilities: boolean;
  /** What HL7 v2 is like here, beyond the standard. */
  readonly hl7v2?: Hl7Rules;
  /** Values in a request that select a fault, as the real sandboxes do; in an HL7 v2 message a part of a field. */
  readonly sentinels: readonly Sentinel[];
  /** What the pattern that is spoken does otherwise in it: not of the file, but of the pattern's part (pattern-part.ts). */
  readonly ways?: OwnWays;
}

export interface Hl7Rules {
  /** What is not so is tolerated, and said, unless it is to be `refused`, or the message asks for strictness. */
  readonly fields: readonly {
    /** `PID-8` or `MSH-4.1`; only where the segment is there. */
    readonly at: string;
    readonly is?: 'given' | 'empty';
    /** A regular expression for what is given. */
    readonly matches?: string;
    readonly says: string;
    readonly refused?: true;
  }[];
}

export interface PointerRules {
  /** Elements of a DocumentReference that an update leaves as they are. */
  readonly immutable: readonly string[];
  /** What becomes of a pointer that another replaces: it is deleted, or stays with the status `superseded`. */
  readonly superseded: 'deleted' | 'marked';
  /** SNOMED CT code → the type of document, and the category that goes with it; any type where absent. */
  readonly types?: Readonly<Record<string, { readonly display: string; readonly category: string }>>;
  readonly categories?: Readonly<Record<string, string>>;
}

export interface DialectError {
  /** Replaces the template's status. */
  readonly status?: number;
  readonly code: string;
  readonly display: string;
  /** Replaces the template's FHIR issue type. */
  readonly issue?: string;
  /** In which step it happened, for APIs that tell (MESH: SEND, RECEIVE, TRANSFER, COLLECT). */
  readonly event?: string;
}

/**
 * The body of an error. In `body`, `{code}`, `{display}`, `{event}`, `{status}`, `{title}`, `{detail}`, `{correlation}` and
 * `{path.name}` (a parameter of the path) stand for what they name, and a text that is only `{details}` for the list of
 * details, or `{places}` for them by the part of the request that each is about. A member is left out where it is nothing
 * but a name for which there is no value.
 */
export interface ErrorFormat {
  /** Only for these conditions; for all where absent. */
  readonly conditions?: readonly string[];
  /** Only where Accept names this media type. */
  readonly accept?: string;
  /** Content-Type. */
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Sentinel {
  /** Matches when this exact value is the id in the path, a search value, or the value of an identifier in the body. */
  readonly value: string;
  /** In a queue, only messages of this kind about the value: `heartbeat`, `handshake`. */
  readonly of?: string;
  readonly fault: FaultEffect;
  readonly note: string;
}

/** What a fault does to an exchange: the last kind to a message in a queue, the one before to an HL7 v2 message over MLLP, the first two to both, the others to HTTP. */
export type FaultEffect =
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  /** `before` (the default): the request has no effect. `after`: it has, and only the reply is lost. */
  | { readonly kind: 'drop'; readonly when?: 'before' | 'after' }
  | { readonly kind: 'etag'; readonly as: 'stale' | 'missing' }
  | { readonly kind: 'unechoed-id' }
  | { readonly kind: 'content-type'; readonly as: string }
  | { readonly kind: 'mllp'; readonly as: MllpFault; readonly ms?: number }
  | { readonly kind: 'message'; readonly as: MessageFault; readonly ms?: number };

/**
 * To a message in a queue, when it is first delivered: it is lost, comes later (by `ms` of sandbox time, a minute unless told),
 * comes when its receiver has given it up (`late`: after it expired, or after the consumer's `expected`), comes after those that
 * are sent within a second, comes twice, answers something that was never asked, or is refused, which counts as an attempt.
 */
export type MessageFault = 'drop' | 'delay' | 'late' | 'reorder' | 'duplicate' | 'uncorrelated' | 'nack';

/**
 * `AE` and `AR` are answered in place of the receiver, before any effect. The others happen after it: the acknowledgement is
 * `late` (by `ms`, five seconds unless told), does not come (`none`), is that of another message (`wrong-id`), breaks off in
 * its middle (`half-frame`), is no frame (`garbage`), or the connection is broken off in its place (`reset`).
 */
export type MllpFault = 'late' | 'none' | 'wrong-id' | 'half-frame' | 'garbage' | 'reset' | 'AE' | 'AR';
