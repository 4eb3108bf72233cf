import type { IncomingMessage, ServerResponse } from 'node:http';
import inject, { type InjectOptions, type Response } from 'light-my-request';

/** Who sends a request that never leaves the process, and the exchange that it is recorded as. */
export interface InternalCall {
  readonly participant: string;
  readonly exchange: string;
  /** Aborted once the sender has stopped waiting. */
  readonly signal: AbortSignal;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

// light-my-request imitates what node:http hands to a listener; its types do not say so.
const isMessage = (request: object): request is IncomingMessage => 'headers' in request && 'url' in request;

/**
 * Carries requests between simulated participants: real bytes into the same edge, without a port. Who sent one is known by
 * the request object itself, which nobody outside can forge (rules 5). The requests enter at the edge, below `/sandboxes`,
 * and not at the Express application: that would swap their prototypes and so undo light-my-request.
 */
export class Injector {
  readonly #calls = new WeakMap<object, InternalCall>();
  #listener: Listener | undefined;

  /** Connects the edge; done once, by `sandboxEdge`. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** The call that this request is, if it was injected. */
  callOf(request: object): InternalCall | undefined {
    return this.#calls.get(request);
  }

  /** Rejects where the connection is closed without a reply. `url` is below `/sandboxes`. */
  async send(call: InternalCall, options: InjectOptions): Promise<Response> {
    const listener = this.#listener;
    if (listener === undefined) throw new Error('No edge listens for injected requests');
    return inject((request, response) => {
      if (!isMessage(request)) throw new Error('light-my-request made no request');
      this.#calls.set(request, call);
      listener(request, response);
    }, options);
  }

  /** A request from outside that came by another way than HTTP, whose reply is read as it comes. */
  async open(options: InjectOptions): Promise<Response> {
    const listener = this.#listener;
    if (listener === undefined) throw new Error('No edge listens for injected requests');
    return inject(
      (request, response) => {
        if (!isMessage(request)) throw new Error('light-my-request made no request');
        listener(request, response);
      },
      { ...options, payloadAsStream: true },
    );
  }
}
