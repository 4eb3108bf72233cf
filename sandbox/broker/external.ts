/** What a party outside needs to use the real broker: enough to be shown as an endpoint. */
export interface ExternalAccess {
  /** Complete, with credentials of its own. */
  readonly url: string;
  /** What it publishes to, under one of these routing keys. */
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  /** What it consumes. Our own side sends to it under the name that was granted. */
  readonly queue: string;
}

export interface Grant {
  /** Routing key → the queue of ours that takes what is published under it. */
  readonly routes: Readonly<Record<string, string>>;
  /** The queue of ours that takes what is published under any key at all, once; without it what has no route is lost. */
  readonly every?: string;
  /** Real milliseconds after which the queues go when nobody uses them. */
  readonly unusedFor: number;
}

/** Lets parties outside use the broker itself, each no more of it than is its own. */
export interface External {
  /** Why nobody can be let in now, as a sentence for a person without credentials; undefined where somebody can. */
  obstacle(): Promise<string | undefined>;
  /** Makes exchange, queue and user under a queue's name; again for the same name changes the password. Rejects with BrokerError. */
  grant(name: string, grant: Grant): Promise<ExternalAccess>;
  /** Ends the party's connections and deletes what was its own; no error where there is nothing. */
  revoke(name: string): Promise<void>;
}
