import type { IncomingMessage, ServerResponse } from 'node:http';
import { namesRealNumber } from '../nhs-number.ts';
import { ProblemError } from '../problem.ts';
import { createSandboxLoader } from '../sandbox-cache.ts';
import { type Address, parseAddress } from './address.ts';
import { answer, Dropped, type Kept } from './answer.ts';
import { ClientGone } from './body.ts';
import { preflightHeaders } from './headers.ts';
import type { Host } from './host.ts';
import { Passage } from './passage.ts';
import { renderRefusal } from './refusal.ts';
import { problemOf } from './render.ts';
import { respond } from './respond.ts';
import { createServedCache } from './served.ts';

const refuse = (passage: Passage, thrown: unknown): undefined | Promise<void> => {
  if (thrown instanceof ClientGone || thrown instanceof Dropped) {
    passage.response.destroy();
    passage.finish(undefined, thrown instanceof Dropped ? 'A fault closed the connection' : thrown.message);
    return undefined;
  }
  if (!(thrown instanceof ProblemError))
    passage.host.log.error({ err: thrown, correlation: passage.id, operation: passage.operationId }, 'request failed');
  else if (namesRealNumber(thrown.faults)) passage.conceal();
  return respond(passage, renderRefusal(passage, problemOf(thrown, passage.id)));
};

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** A browser's question before the request itself: no exchange between participants, so it is not recorded. */
const answerPreflight = (passage: Passage): undefined | Promise<void> =>
  respond(passage, { status: 204, headers: preflightHeaders(METHODS, passage.headers) });

/** What cannot be sent, such as a header with a line break in it, is as unforeseen as anything else that throws. */
const recover = (passage: Passage, thrown: unknown): undefined | Promise<void> => {
  if (!passage.response.headersSent) return refuse(passage, thrown);
  passage.finish(undefined, 'The reply could not be sent');
  throw thrown;
};

/** Most requests are answered before this returns. */
const serve = (passage: Passage, address: Address, kept: Kept): undefined | Promise<void> => {
  passage.address = address;
  const asked = passage.method === 'OPTIONS' && passage.headers['access-control-request-method'] !== undefined;
  if (asked) return answerPreflight(passage);
  const failed = (thrown: unknown) => recover(passage, thrown);
  try {
    const reply = answer(passage, address, kept);
    const sending = reply instanceof Promise ? reply.then((given) => respond(passage, given)) : respond(passage, reply);
    return sending?.catch(failed);
  } catch (thrown) {
    return failed(thrown);
  }
};

/** A handler as Express mounts them; needs nothing of Express, so that it can also stand before it. */
export interface Edge {
  (request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** Compiles what serves a pattern in a dialect, and how requests of `first` are checked, so that nobody has to wait for it. */
  prepare(pattern: string, dialect: string, first: readonly string[]): Promise<void>;
}

/**
 * The endpoints of all sandboxes, to be mounted at `/sandboxes`, which `request.url` no longer has: `/{id}/{participant}/…`,
 * and `/{id}/FHIR/R4/…` for the main participant. A path that names nothing in a sandbox (`/{id}`) is left to whoever comes
 * next. Also connects `host.injector`.
 */
export const sandboxEdge = (host: Host): Edge => {
  const kept: Kept = { servedOf: createServedCache(host), load: createSandboxLoader(host.sql) };
  const handle = (request: IncomingMessage, response: ServerResponse, address: Address): void => {
    const failed = (error: unknown): void => {
      host.log.error({ err: error }, 'a reply could not be sent');
      response.destroy();
    };
    try {
      serve(new Passage(host, request, response), address, kept)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  host.injector.listen((request, response) => {
    const address = parseAddress(request.url ?? '/');
    if (address === undefined) response.writeHead(404).end();
    else handle(request, response, address);
  });
  const edge = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const address = parseAddress(request.url ?? '/');
    if (address === undefined) next();
    else handle(request, response, address);
  };
  const prepare: Edge['prepare'] = async (pattern, dialect, first) =>
    (await kept.servedOf(pattern, dialect)).prepare(first);
  return Object.assign(edge, { prepare });
};
