import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Whether somebody is being answered, or was a moment ago. */
export interface InFlight {
  busy(): boolean;
  /** Each request costs a little more while somebody looks. */
  stop(): void;
}

/** Whoever asked will ask again: what follows an answer within this many milliseconds belongs to it. */
const MOMENT_MS = 100;

export const watchRequests = (server: Server): InFlight => {
  let open = 0;
  let last = Number.NEGATIVE_INFINITY;
  const begun = (_request: IncomingMessage, response: ServerResponse): void => {
    open += 1;
    response.once('close', () => {
      open -= 1;
      last = performance.now();
    });
  };
  server.prependListener('request', begun);
  return {
    busy: () => open > 0 || performance.now() - last < MOMENT_MS,
    stop: () => server.off('request', begun),
  };
};
