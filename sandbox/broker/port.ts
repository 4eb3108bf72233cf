import type { External } from './external.ts';

/** What a broker carries. It is delivered as it was sent: text as text, bytes as bytes. */
export interface BrokerMessage {
  /** The sender's own, at most 255 bytes; the same id again is the same message again. */
  readonly id: string;
  /** Names and values as they are: no case is changed, nothing is added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  /** Messages of one key are handled one after the other, in the order in which they were sent, as far as `keyOrder` says. */
  readonly key?: string;
  /** Only on what is delivered, where a party outside may have published it: it can use no other exchange than its own. */
  readonly origin?: { readonly exchange: string; readonly routingKey: string };
}

/** A message is done when the promise resolves. When it rejects the message is delivered again, at once: waiting is a timer. */
export type BrokerHandler = (message: BrokerMessage) => Promise<void>;

export interface ConsumeOptions {
  /** How many messages are handled at the same time; 16 unless told. */
  readonly prefetch?: number;
}

export type BrokerState =
  | { readonly up: true }
  /** `reason` is a sentence for a person and holds no credential. */
  | { readonly up: false; readonly reason: string };

/**
 * Transport, at least once (rules 2): what is accepted, done, dead or waiting is rows. No delay, no expiry, no back-off.
 *
 * A queue comes into being when it is consumed or bound, and stays when its consumer stops. Names of queues and topics match
 * `^[a-z][a-z0-9.-]*$`. Opening does not wait for the server: a broker that is down says so by `state`, and connects by
 * itself once it is there.
 */
export interface Broker {
  /** Resolves once the broker has the message in the queue, as durably as it keeps anything. Rejects with a BrokerError. */
  send(queue: string, message: BrokerMessage): Promise<void>;
  /**
   * Several consumers of a queue share its messages, in whatever process they are. While the broker is down this resolves,
   * too, and takes effect later. `stop` takes no more and waits for the handlers that run: a handler must not await it.
   */
  consume(queue: string, handler: BrokerHandler, options?: ConsumeOptions): Promise<() => Promise<void>>;
  /**
   * What is published to the topic goes to the queue, whoever publishes. While the broker is down this resolves, too, and
   * takes effect later. Whoever bound a queue binds it again whenever the broker comes back, so unbinding is for them.
   */
  bind(topic: string, queue: string): Promise<void>;
  unbind(topic: string, queue: string): Promise<void>;
  /** Resolves once every queue bound to the topic has the message; where none is, at once, for a publisher is not told. */
  publish(topic: string, message: BrokerMessage): Promise<void>;
  state(): BrokerState;
  /** Called after the broker went down or came up, not after `close`, until the function that it returns is called. */
  onState(listener: (state: BrokerState) => void): () => void;
  /** Idempotent; stops every consumer, waits for the handlers that run and for what is being sent. */
  close(): Promise<void>;

  /**
   * Optional, where the server may come back without what it had confirmed: calls the listener when it may have, which the
   * first connection is counted as, too, and at once where that was before anybody listened. Returns how to stop.
   */
  onLoss?(listener: () => void): () => void;
  /** Optional: whose consumers keep the order of a key. Without it nobody's do. */
  readonly keyOrder?: 'all-consumers' | 'one-consumer';
  /** Optional: deletes a queue, its bindings and what is in it; no error where there is none. Its consumers are stopped first. */
  remove?(queue: string): Promise<void>;
  /** Optional: lets parties outside use the broker itself. */
  readonly external?: External;
}

export interface BrokerOptions {
  /** Where users of the broker are made, with credentials, for drivers that can let parties in (`BROKER_MANAGEMENT_URL`). */
  readonly managementUrl?: string;
  /** Real milliseconds that a server which was reached may take to answer before its connection is given up; 30 seconds unless told. */
  readonly patience?: number;
}

export const PATIENCE_MS = 30_000;

/** A driver opens `BROKER_URL`; the scheme of the URL, without the `s` of TLS, is the driver's file name. */
export type OpenBroker = (url: string, options: BrokerOptions) => Promise<Broker>;
