import type { EndpointMessage, EndpointRequest } from './endpoint-request.ts';

/** The shapes of openapi/service.yaml that the console reads. */
export type Mode = 'simulated' | 'external' | 'stopped';
export type Schema = Readonly<Record<string, unknown>>;

export interface ActDescription {
  readonly id: string;
  readonly title: string;
  readonly summary?: string;
  readonly input: Schema;
}

export interface Participant {
  readonly name: string;
  readonly title: string;
  readonly summary?: string;
  readonly main?: boolean;
  readonly mode: Mode;
  readonly url?: string;
  /** Where it takes HL7 v2. */
  readonly mllpUrl?: string;
  /** Whether an external one has a queue of its own on the broker. */
  readonly queue?: boolean;
  readonly acts: readonly ActDescription[];
}

export interface WorkChoice {
  readonly act: string;
  readonly title: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly asks?: { readonly name: string; readonly title: string; readonly suggestion?: string };
}

export interface WorkItem {
  readonly participant: string;
  readonly id: string;
  readonly title: string;
  readonly detail?: string;
  readonly state: string;
  readonly since: string;
  readonly choices: readonly WorkChoice[];
}

export interface Endpoint {
  readonly participant: string;
  readonly protocol: string;
  /** Absent where there is none; then the note says why. */
  readonly url?: string;
  readonly credential?: string;
  /** How whoever calls it proves who it is. */
  readonly auth?: string;
  /** Of amqp: what is published to, under which keys, and what is consumed. */
  readonly exchange?: string;
  readonly routingKeys?: readonly string[];
  readonly queue?: string;
  readonly note?: string;
  /** What is good to try there. */
  readonly requests?: readonly EndpointRequest[];
  readonly messages?: readonly EndpointMessage[];
}

/** Client of openapi/service.yaml: a participant that gets tokens. */
export interface Client {
  readonly participant: string;
  readonly clientId: string;
  readonly secret?: string;
  readonly keys: 'none' | 'uploaded' | 'url';
  readonly kids?: readonly string[];
  readonly jwksUrl?: string;
  readonly redirectUris: readonly string[];
  readonly public: boolean;
  readonly scopes: readonly string[];
}

export interface ClientRequest {
  readonly jwks?: unknown;
  readonly jwksUrl?: string;
  readonly redirectUris?: readonly string[];
  readonly public?: boolean;
}

export interface Authentication {
  readonly tokenUrl: string;
  readonly authorizeUrl?: string;
  readonly clients: readonly Client[];
  readonly users?: readonly { readonly id: string; readonly name: string; readonly role: string }[];
}

export interface Clock {
  readonly now: string;
  readonly speed: number;
  readonly nextTimer?: string;
}

export interface Sandbox {
  readonly id: string;
  readonly pattern: string;
  readonly dialect: string;
  /** Whether something can wait for people here. */
  readonly worklist: boolean;
  /** Whether messages go through queues here. */
  readonly queues: boolean;
  /** Whether an external participant may ask for a queue of its own on the broker. */
  readonly outsideQueues?: boolean;
  readonly auth: string;
  /** Where callers need a token. */
  readonly authentication?: Authentication;
  readonly seed?: number;
  readonly decision?: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly clock: Clock;
  readonly participants: readonly Participant[];
  readonly endpoints: readonly Endpoint[];
  readonly examples?: readonly { readonly title: string; readonly value: string; readonly note?: string }[];
}

export interface CreatedSandbox extends Sandbox {
  readonly key: string;
}

export interface SandboxRequest {
  readonly pattern: string;
  readonly dialect?: string;
  readonly auth?: string;
  readonly decision?: string;
}

export interface Half {
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly encoding?: 'utf8' | 'base64';
  readonly size?: number;
  readonly sha256?: string;
  readonly truncated?: boolean;
}

export interface Exchange {
  readonly id: string;
  readonly seq: number;
  readonly cursor: string;
  readonly kind: 'http' | 'message' | 'mllp' | 'timer' | 'control' | 'gap';
  readonly at: string;
  readonly realAt?: string;
  readonly from: string;
  readonly claimed?: boolean;
  readonly to: string;
  readonly operation?: string;
  readonly summary?: string;
  readonly fault?: string;
  readonly request?: Half;
  readonly reply?: Half;
  readonly milliseconds?: number;
  readonly note?: string;
}

export type FaultEffect =
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'etag'; readonly as: 'stale' | 'missing' }
  | { readonly kind: 'unechoed-id' }
  | { readonly kind: 'content-type'; readonly as: string }
  | { readonly kind: 'mllp'; readonly as: MllpFault; readonly ms?: number }
  | { readonly kind: 'message'; readonly as: MessageFault; readonly ms?: number };

export type MessageFault = 'drop' | 'delay' | 'late' | 'reorder' | 'duplicate' | 'uncorrelated' | 'nack';

export type MllpFault = 'late' | 'none' | 'wrong-id' | 'half-frame' | 'garbage' | 'reset' | 'AE' | 'AR';

export type MessageState = 'ready' | 'in-flight' | 'waiting' | 'following' | 'held' | 'dead';

export interface Queue {
  readonly name: string;
  readonly consumer: string;
  readonly participant: string;
  readonly depth: Readonly<Record<MessageState, number>>;
  readonly more?: boolean;
  readonly nextDue?: string;
  readonly oldest?: string;
}

/** Message of openapi/service.yaml. */
export interface QueuedMessage {
  readonly id: string;
  readonly state: MessageState;
  readonly from: string;
  readonly to: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body: string;
  readonly claim?: { readonly reference: string; readonly size: number };
  readonly attempt: number;
  readonly sentAt: string;
  readonly due?: string;
  readonly reason?: string;
}

export interface Fault {
  readonly id?: string;
  readonly participant: string;
  readonly operation?: string;
  readonly probability?: number;
  readonly times?: number;
  readonly match?: string;
  readonly effect: FaultEffect;
}

export interface ClockResult {
  readonly now: string;
  readonly speed?: number;
  readonly fired: number;
  readonly pending: number;
}

export interface ScenarioStep {
  readonly title: string;
  readonly narration: string;
  readonly turn: string;
  readonly yours?: boolean;
  readonly expect?: string;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly played: number;
  readonly steps: readonly ScenarioStep[];
}

export interface PlayedStep {
  readonly step: number;
  readonly title: string;
  readonly outcome: 'as-expected' | 'not-as-expected';
  readonly detail?: string;
  readonly exchanges: readonly string[];
}

export interface ScenarioRun {
  readonly played: number;
  readonly finished: boolean;
  readonly waitingFor?: string;
  readonly steps: readonly PlayedStep[];
}
