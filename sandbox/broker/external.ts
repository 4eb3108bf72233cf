import type { BrokerHandler } from './port.ts';

/** What a party outside needs to use the real broker: enough to be shown as an endpoint. */
export interface ExternalAccess {
  /** Complete, with credentials of its own. */
  readonly url: string;
  /** What it publishes to, under any routing key. */
  readonly exchange: string;
  /** What it consumes. Our own side sends to it under the name that was granted. */
  readonly queue: string;
}

export interface Grant {
  /** Real milliseconds after which the queues go when nobody uses them. */
  readonly unusedFor: number;
}

/** Lets parties outside use the broker itself, each no more of it than is its own. */
export interface External {
  /** Why nobody can be let in now, as a sentence for a person without credentials; undefined where somebody can. */
  obstacle(): Promise<string | undefined>;
  /**
   * Makes user, exchange, and a queue for each direction, under a queue's name; again for the same name changes the password.
   * Each queue is bounded: more is refused. Rejects with BrokerError.
   */
  grant(name: string, grant: Grant): Promise<ExternalAccess>;
  /**
   * Handles what the party publishes, as `consume` does, until it is stopped; or until there is nothing to consume any more,
   * which `gone` is told once. Rejects with BrokerError.
   */
  take(name: string, handler: BrokerHandler, gone: () => void): Promise<() => Promise<void>>;
  /** Ends the party's connections and deletes what was its own; no error where there is nothing. */
  revoke(name: string): Promise<void>;
}
