import { AUTHORISATION, usesTokens } from '../auth/mode.ts';
import { createCtx } from '../context.ts';
import { findParticipant, type LoadedSandbox, ownerOf, type ParticipantRow } from '../participants.ts';
import type { Call, Handler, Reply } from '../pattern.ts';
import { METHOD_NOT_ALLOWED, NOT_IMPLEMENTED, problem, UNKNOWN_PATH } from '../problem.ts';
import type { createSandboxLoader } from '../sandbox-cache.ts';
import { type Address, checkAddress, noSuchSandbox } from './address.ts';
import { answerAuthorisation } from './authorisation.ts';
import { readBody } from './body.ts';
import { chosenStatus, delay, drops } from './fault-effects.ts';
import { checkDialectHeaders } from './headers.ts';
import { identify } from './identify.ts';
import { checkVersions } from './negotiate.ts';
import type { Passage } from './passage.ts';
import { concealRealNumbers, requireTestNumbers } from './real-number-guard.ts';
import { renderRefusal } from './refusal.ts';
import type { Match, Served } from './served.ts';
import { checkContract, checkSeat, findStrikes, isOfferedBy, subjectOf } from './steps.ts';
import { withIfMatch } from './version-header.ts';

const BODY_LIMIT = 5 * 1024 * 1024;
export const ID_MAX = 64;

/** What is kept from one request to the next. */
export interface Kept {
  readonly servedOf: (pattern: string, dialect: string) => Served | Promise<Served>;
  readonly load: ReturnType<typeof createSandboxLoader>;
}

/** A fault closes the connection without a reply. */
export class Dropped extends Error {}

/**
 * What follows a value, at once where that is at hand: each turn of the queue of promises costs, and there are a dozen steps
 * from a request to its reply, few of which ever wait.
 */
export const after = <T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> =>
  value instanceof Promise ? value.then(next) : next(value);

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

/** Nothing is said in most queries; nobody changes this one. */
const NO_QUERY = new URLSearchParams();

/** An operation that was found, and for whom. */
interface Matched {
  readonly passage: Passage;
  readonly sandbox: LoadedSandbox;
  readonly participant: ParticipantRow;
  readonly served: Served;
  readonly address: Address;
  readonly match: Exclude<Match, { allow: readonly string[] }>;
}

/** The contract, and the handler. */
const handle = (matched: Matched, handler: Handler, query: URLSearchParams): Reply | Promise<Reply> => {
  const { passage, sandbox, participant, served, address, match } = matched;
  const { dialect, manifest } = served;
  const { contract } = match.operation;
  checkContract(contract, passage, match.params, query, dialect.bodies === 'as-sent');
  const { base, body, from } = passage;
  // A HEAD is a GET whose body is not sent (RFC 9110 section 9.3.2), so no handler has to know of it.
  const method = passage.method === 'HEAD' ? 'GET' : passage.method;
  const isMain = manifest.participants.some(({ name, main }) => main === true && name === participant.name);
  const call: Call = {
    operationId: contract.operationId,
    method,
    base,
    ...(isMain ? { shortBase: passage.shortBase } : {}),
    path: address.path,
    params: match.params,
    query,
    headers: withIfMatch(dialect, passage.headers),
    body,
    from,
  };
  passage.call = call;
  const plain = createCtx(passage.host, sandbox, participant, dialect, passage);
  return after(served.context === undefined ? plain : served.context(call, plain), (ctx) =>
    after(handler(call, ctx), (reply) => {
      if (reply.concealed === true) passage.conceal();
      if (passage.strikes.length > 0 && drops(passage.strikes, 'after')) throw new Dropped();
      return reply;
    }),
  );
};

/** What faults make of it before it has any effect. */
const struck = async (matched: Matched, handler: Handler, query: URLSearchParams): Promise<Reply> => {
  const { passage, served } = matched;
  await delay(passage.strikes);
  if (drops(passage.strikes, 'before')) throw new Dropped();
  const chosen = chosenStatus(passage.strikes, served.dialect);
  if (chosen !== undefined) return { ...renderRefusal(passage, chosen.error), status: chosen.status };
  return await handle(matched, handler, query);
};

/** Runs a matched operation: caller, faults, contract, handler. */
const perform = (matched: Matched): Reply | Promise<Reply> => {
  const { passage, sandbox, participant, served, address, match } = matched;
  const { headers } = passage;
  const { contract, handler } = match.operation;
  const { operationId } = contract;
  const { dialect } = served;
  passage.operationId = operationId;
  passage.params = match.params;
  if (handler === undefined)
    throw problem(NOT_IMPLEMENTED, `${operationId} is in the contract, but nothing serves it yet`);
  // Whose request it is comes first: one that lacks a header of the dialect is that system's mistake, and is judged as that.
  // A token in the address that was given out is a proof as good as a header's (a browser that opens a record in context).
  const isOpen = contract.open && headers.authorization === undefined;
  const identifying = isOpen ? undefined : identify(passage, sandbox, participant, served, operationId, address.path);
  return after(identifying, () => {
    checkDialectHeaders(dialect, headers, contract.tags);
    if (dialect.versions !== undefined) checkVersions(headers, dialect);
    const query = address.search === '' ? NO_QUERY : new URLSearchParams(address.search);
    return after(findStrikes(passage, served, operationId, subjectOf(passage, match.params, query)), (strikes) => {
      passage.strikes = strikes;
      return strikes.length === 0 ? handle(matched, handler, query) : struck(matched, handler, query);
    });
  });
};

/** What serves the operation: another dialect where it lies beside that of the sandbox. */
const asSpoken = (served: Served, match: Match | undefined): Served =>
  match !== undefined && 'operation' in match && match.operation.spoken !== undefined
    ? { ...served, ...match.operation.spoken }
    : served;

const find = (passage: Passage, address: Address, sandbox: LoadedSandbox, served: Served): Reply | Promise<Reply> => {
  const { host, headers, internal } = passage;
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
  return after(readBody(passage.request, host.bodyLimit ?? bodyMax ?? BODY_LIMIT, bodies === 'as-sent'), (body) => {
    passage.body = body;
    return after(requireTestNumbers(passage), () => {
      checkSeat(participant, served);
      const offered =
        match !== undefined && (!('operation' in match) || isOfferedBy(participant, served, match.operation));
      if (match === undefined || !offered)
        throw problem(UNKNOWN_PATH, `${passage.to} serves nothing at ${address.path.slice(0, 200)}`);
      const headless = spoken.dialect.head === false;
      if ('allow' in match) return refuseMethod(passage, headless ? withoutHead(match.allow) : match.allow);
      if (passage.method === 'HEAD' && headless) return refuseMethod(passage, ['GET', 'OPTIONS']);
      return perform({ passage, sandbox, participant, served: spoken, address, match });
    });
  });
};

/** From the address to the reply; everything that is refused on the way is thrown, or rejects. */
export const answer = (passage: Passage, address: Address, kept: Kept): Reply | Promise<Reply> =>
  after(address.sandbox.length > ID_MAX ? undefined : kept.load(address.sandbox), (loaded) => {
    const sandbox = requireLive(loaded, address.sandbox, passage.host.now());
    passage.sandbox = sandbox;
    return after(kept.servedOf(sandbox.row.pattern, sandbox.row.dialect), (served) =>
      find(passage, address, sandbox, served),
    );
  });
