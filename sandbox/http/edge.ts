import type { IncomingMessage, ServerResponse } from 'node:http';
import { AUTHORISATION, usesTokens } from '../auth/mode.ts';
import { createCtx } from '../context.ts';
import { namesRealNumber } from '../nhs-number.ts';
import { findParticipant, type LoadedSandbox, ownerOf, type ParticipantRow } from '../participants.ts';
import type { Call, Reply } from '../pattern.ts';
import { METHOD_NOT_ALLOWED, NOT_IMPLEMENTED, ProblemError, problem, UNKNOWN_PATH } from '../problem.ts';
import { createSandboxLoader } from '../sandbox-cache.ts';
import { type Address, checkAddress, noSuchSandbox, parseAddress } from './address.ts';
import { answerAuthorisation } from './authorisation.ts';
import { ClientGone, readBody } from './body.ts';
import { renderInFormat } from './error-format.ts';
import { chosenStatus, delay, drops } from './fault-effects.ts';
import { checkDialectHeaders, preflightHeaders } from './headers.ts';
import type { Host } from './host.ts';
import { identify } from './identify.ts';
import { checkVersions } from './negotiate.ts';
import { Passage } from './passage.ts';
import { concealRealNumbers, requireTestNumbers } from './real-number-guard.ts';
import { problemOf, renderOutcome, renderProblem, wantsPlainJson } from './render.ts';
import { respond } from './respond.ts';
import { createServedCache, type Match, type Served } from './served.ts';
import { checkContract, checkSeat, findStrikes, isOfferedBy, subjectOf } from './steps.ts';
import { withIfMatch } from './version-header.ts';

const BODY_LIMIT = 5 * 1024 * 1024;
const ID_MAX = 64;
/** At the base, or below a path of the API's own: `/record-locator/producer/FHIR/R4`. */
const BELOW_FHIR = /\/FHIR(?:\/|$)/;

/** What is kept from one request to the next. */
interface Kept {
  readonly servedOf: (pattern: string, dialect: string) => Served | Promise<Served>;
  readonly load: ReturnType<typeof createSandboxLoader>;
}

/** A fault closes the connection without a reply. */
class Dropped extends Error {}

const requireLive = (sandbox: LoadedSandbox | undefined, id: string, now: number): LoadedSandbox => {
  if (sandbox === undefined || sandbox.row.expires_real <= now) throw noSuchSandbox(id);
  return sandbox;
};

const refuseMethod = (passage: Passage, allow: readonly string[]): Reply => {
  if (passage.method === 'OPTIONS') return { status: 204, headers: { allow: allow.join(', ') } };
  const headers = { allow: allow.join(', ') };
  throw problem(METHOD_NOT_ALLOWED, `${passage.method} is not one of ${headers.allow}`, { headers });
};

const withoutHead = (methods: readonly string[]): readonly string[] => methods.filter((one) => one !== 'HEAD');

const render = (passage: Passage, error: ProblemError): Reply => {
  const { address, headers, served, params } = passage;
  if (served?.dialect.errors.formats !== undefined) {
    const { dialect } = served;
    const said = renderInFormat({ error, dialect, accept: headers.accept, correlation: passage.id, params });
    if (said !== undefined) return said;
  }
  if (address === undefined || !BELOW_FHIR.test(address.path)) return renderProblem(error, `urn:uuid:${passage.id}`);
  const format = address.search.includes('_format') ? new URLSearchParams(address.search).get('_format') : undefined;
  return renderOutcome(error, served?.dialect, wantsPlainJson(headers.accept, format));
};

/** Runs a matched operation: caller, faults, contract, handler. */
const perform = async (
  passage: Passage,
  sandbox: LoadedSandbox,
  participant: ParticipantRow,
  served: Served,
  { path, search }: Address,
  match: Exclude<Match, { allow: readonly string[] }>,
): Promise<Reply> => {
  const { host, headers } = passage;
  const { contract, handler } = match.operation;
  const { operationId } = contract;
  const { dialect, manifest } = served;
  passage.operationId = operationId;
  passage.params = match.params;
  if (handler === undefined)
    throw problem(NOT_IMPLEMENTED, `${operationId} is in the contract, but nothing serves it yet`);
  // Whose request it is comes first: one that lacks a header of the dialect is that system's mistake, and is judged as that.
  // A token in the address that was given out is a proof as good as a header's (a browser that opens a record in context).
  const isOpen = contract.open && headers.authorization === undefined;
  const identifying = isOpen ? undefined : identify(passage, sandbox, participant, served, operationId, path);
  if (identifying !== undefined) await identifying;
  checkDialectHeaders(dialect, headers, contract.tags);
  if (dialect.versions !== undefined) checkVersions(headers, dialect);
  const query = new URLSearchParams(search);
  const finding = findStrikes(passage, served, operationId, subjectOf(passage, match.params, query));
  passage.strikes = finding instanceof Promise ? await finding : finding;
  if (passage.strikes.length > 0) {
    await delay(passage.strikes);
    if (drops(passage.strikes, 'before')) throw new Dropped();
    const chosen = chosenStatus(passage.strikes, dialect);
    if (chosen !== undefined) return { ...render(passage, chosen.error), status: chosen.status };
  }
  checkContract(contract, passage, match.params, query, dialect.bodies === 'as-sent');
  const { base, body, from } = passage;
  // A HEAD is a GET whose body is not sent (RFC 9110 section 9.3.2), so no handler has to know of it.
  const method = passage.method === 'HEAD' ? 'GET' : passage.method;
  const { params } = match;
  const isMain = manifest.participants.some(({ name, main }) => main === true && name === participant.name);
  const call: Call = {
    operationId,
    method,
    base,
    ...(isMain ? { shortBase: passage.shortBase } : {}),
    path,
    params,
    query,
    headers: withIfMatch(dialect, headers),
    body,
    from,
  };
  const cause = () => [method, path, search, body];
  const plain = createCtx(host, sandbox, participant, dialect, { recording: passage.recording, cause });
  const ctx = served.context === undefined ? plain : await served.context(call, plain);
  const reply = await handler(call, ctx);
  if (reply.concealed === true) passage.conceal();
  if (drops(passage.strikes, 'after')) throw new Dropped();
  return reply;
};

/** What serves the operation: another dialect where it lies beside that of the sandbox. */
const asSpoken = (served: Served, match: Match | undefined): Served =>
  match !== undefined && 'operation' in match && match.operation.spoken !== undefined
    ? { ...served, ...match.operation.spoken }
    : served;

/** From the address to the reply; everything that is refused on the way is thrown. */
const answer = async (passage: Passage, address: Address, kept: Kept): Promise<Reply> => {
  const { host, headers, internal } = passage;
  // What is at hand already is not awaited: each turn of the queue of promises costs, and there are several on the way.
  const loading = address.sandbox.length > ID_MAX ? undefined : kept.load(address.sandbox);
  const loaded = loading instanceof Promise ? await loading : loading;
  const sandbox = requireLive(loaded, address.sandbox, host.now());
  passage.sandbox = sandbox;
  const serving = kept.servedOf(sandbox.row.pattern, sandbox.row.dialect);
  const served = serving instanceof Promise ? await serving : serving;
  passage.served = served;
  concealRealNumbers(passage);
  if (address.participant === AUTHORISATION && usesTokens(sandbox.row.auth))
    return answerAuthorisation(passage, sandbox, address);
  const name = address.participant ?? served.manifest.participants.find(({ main }) => main)?.name ?? '';
  const participant = findParticipant(sandbox, name);
  if (participant === undefined) {
    const names = sandbox.participants.map((one) => one.name).join(', ');
    throw problem(UNKNOWN_PATH, `There is no participant ${JSON.stringify(name.slice(0, ID_MAX))} here, only ${names}`);
  }
  passage.to = participant.name;
  const sender = internal?.participant ?? (headers.authorization && ownerOf(sandbox, headers.authorization)?.name);
  if (sender) passage.from = { participant: sender, claimed: false };
  checkAddress(address);
  const match = served.match(passage.method === 'OPTIONS' ? 'ALLOW' : passage.method, address.path);
  const spoken = asSpoken(served, match);
  passage.served = spoken;
  const { bodies, bodyMax } = spoken.dialect;
  const receiving = readBody(passage.request, host.bodyLimit ?? bodyMax ?? BODY_LIMIT, bodies === 'as-sent');
  passage.body = receiving instanceof Promise ? await receiving : receiving;
  const guarding = requireTestNumbers(passage);
  if (guarding !== undefined) await guarding;
  checkSeat(participant, served);
  const offered = match !== undefined && (!('operation' in match) || isOfferedBy(participant, served, match.operation));
  if (match === undefined || !offered)
    throw problem(UNKNOWN_PATH, `${passage.to} serves nothing at ${address.path.slice(0, 200)}`);
  const headless = spoken.dialect.head === false;
  if ('allow' in match) return refuseMethod(passage, headless ? withoutHead(match.allow) : match.allow);
  if (passage.method === 'HEAD' && headless) return refuseMethod(passage, ['GET', 'OPTIONS']);
  return await perform(passage, sandbox, participant, spoken, address, match);
};

const refuse = async (passage: Passage, thrown: unknown): Promise<void> => {
  if (thrown instanceof ClientGone || thrown instanceof Dropped) {
    passage.response.destroy();
    passage.finish(undefined, thrown instanceof Dropped ? 'A fault closed the connection' : thrown.message);
    return;
  }
  if (!(thrown instanceof ProblemError))
    passage.host.log.error({ err: thrown, correlation: passage.id, operation: passage.operationId }, 'request failed');
  else if (namesRealNumber(thrown.faults)) passage.conceal();
  await respond(passage, render(passage, problemOf(thrown, passage.id)));
};

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** A browser's question before the request itself: no exchange between participants, so it is not recorded. */
const answerPreflight = (passage: Passage): Promise<void> =>
  respond(passage, { status: 204, headers: preflightHeaders(METHODS, passage.headers) });

const serve = async (passage: Passage, address: Address, kept: Kept): Promise<void> => {
  passage.address = address;
  const asked = passage.method === 'OPTIONS' && passage.headers['access-control-request-method'] !== undefined;
  if (asked) return answerPreflight(passage);
  try {
    await respond(passage, await answer(passage, address, kept));
  } catch (thrown) {
    // What cannot be sent, such as a header with a line break in it, is as unforeseen as anything else that throws.
    if (passage.response.headersSent) {
      passage.finish(undefined, 'The reply could not be sent');
      throw thrown;
    }
    await refuse(passage, thrown);
  }
};

/** A handler as Express mounts them; needs nothing of Express, so that it can also stand before it. */
export interface Edge {
  (request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** Compiles what serves a pattern in a dialect, so that the first request need not wait for it. */
  prepare(pattern: string, dialect: string): Promise<unknown>;
}

/**
 * The endpoints of all sandboxes, to be mounted at `/sandboxes`, which `request.url` no longer has: `/{id}/{participant}/…`,
 * and `/{id}/FHIR/R4/…` for the main participant. A path that names nothing in a sandbox (`/{id}`) is left to whoever comes
 * next. Also connects `host.injector`.
 */
export const sandboxEdge = (host: Host): Edge => {
  const kept: Kept = { servedOf: createServedCache(host), load: createSandboxLoader(host.sql) };
  const handle = (request: IncomingMessage, response: ServerResponse, address: Address): void => {
    serve(new Passage(host, request, response), address, kept).catch((error: unknown) => {
      host.log.error({ err: error }, 'a reply could not be sent');
      response.destroy();
    });
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
  return Object.assign(edge, { prepare: async (pattern: string, dialect: string) => kept.servedOf(pattern, dialect) });
};
