import { randomUUID } from 'node:crypto';
import { sandboxNow } from './clock.ts';
import { exchangeId } from './exchange-id.ts';
import type { Host } from './http/host.ts';
import type { ExchangeStart, Half } from './journal.ts';
import { keptReply, requireTestRequest } from './outbound-guard.ts';
import { callExternal, type HttpReply, wireProblem } from './outbound-http.ts';
import { resolveTarget } from './outbound-policy.ts';
import { authorizationOf, externalUrl, joinUrl, type Wire, wireOf } from './outbound-wire.ts';
import { findParticipant, type LoadedSandbox, loadSandbox, type ParticipantRow } from './participants.ts';
import type { Incoming, Outgoing } from './pattern.ts';
import { NOT_FOUND, ProblemError, problem } from './problem.ts';
import { signatureHeaders } from './webhook-signature.ts';

/** Who sends to whom in which sandbox. */
export interface Way {
  readonly sandbox: string;
  readonly from: string;
  readonly to: string;
}

/** What the promise gives, or the reason of the signal, whichever is first. */
const within = <T>(signal: AbortSignal, promise: Promise<T>): Promise<T> =>
  Promise.race([
    promise,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  ]);

const textOf = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** To a simulated (or stopped) participant of the same sandbox: into our own edge, which records the exchange. */
const sendInside = async (host: Host, way: Way, wire: Wire): Promise<Incoming> => {
  const origin = host.publicUrl();
  const { pathname, search, host: authority } = joinUrl(`${origin}/sandboxes/${way.sandbox}/${way.to}`, wire.path);
  const exchange = exchangeId(host.now());
  const signal = AbortSignal.timeout(wire.timeout);
  const url = pathname.slice(new URL(origin).pathname.replace(/\/$/, '').length + '/sandboxes'.length) + search;
  const headers = { ...wire.headers, host: authority };
  const payload = wire.body.length > 0 ? { payload: wire.body } : {};
  // The method is one that the edge judges, not light-my-request: hence no validation.
  const options = { method: wire.method as 'GET', url, headers, ...payload, validate: false };
  try {
    const reply = await within(signal, host.injector.send({ participant: way.from, exchange, signal }, options));
    return { status: reply.statusCode, headers: textOf(reply.headers), body: reply.payload, exchange };
  } catch (error) {
    const code = error instanceof Error && 'code' in error && error.code === 'LIGHT_ECONNRESET';
    throw wireProblem(code ? Object.assign(new Error(), { code: 'ECONNRESET' }) : error, way.to, wire.timeout);
  }
};

const startOf = (host: Host, sandbox: LoadedSandbox, way: Way, request: Half, path: string): ExchangeStart => {
  const real = host.now();
  return {
    id: exchangeId(real),
    sandbox: sandbox.row.id,
    serial: sandbox.row.serial,
    kind: 'http',
    at: sandboxNow(sandbox.row, real),
    atReal: real,
    from: way.from,
    to: way.to,
    claimed: false,
    summary: `${request.method ?? ''} ${path.split('?', 1)[0]}`,
    request,
  };
};

/** To an external participant: real HTTP under the policy, recorded before it is sent and completed by what came of it. */
const sendOutside = async (
  host: Host,
  sandbox: LoadedSandbox,
  receiver: ParticipantRow,
  way: Way,
  wire: Wire,
): Promise<Incoming> => {
  requireTestRequest(host, wire);
  const url = externalUrl(receiver, wire.path);
  const { outboundCredential } = receiver;
  const headers: Record<string, string> = { accept: '*/*', ...wire.headers };
  if (outboundCredential !== undefined) headers.authorization ??= authorizationOf(outboundCredential);
  headers['accept-encoding'] = 'identity';
  const start = startOf(
    host,
    sandbox,
    way,
    { method: wire.method, url: url.href, headers, body: wire.body },
    wire.path,
  );
  await host.sql.transaction((tx) => host.journal.begin(tx, start), start.serial);
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  let reply: HttpReply;
  try {
    const signal = AbortSignal.timeout(wire.timeout);
    const target = await within(signal, resolveTarget(url, host));
    reply = await callExternal(target, { ...wire, headers, signal });
  } catch (error) {
    const failure = error instanceof ProblemError ? error : wireProblem(error, url.origin, wire.timeout);
    const note = failure.faults.map(({ detail }) => detail).join('; ');
    host.journal.finish(start, { note, milliseconds: elapsed() });
    throw failure;
  }
  const summary = `${start.summary ?? ''} → ${reply.status}`;
  host.journal.finish(start, { ...keptReply(host, reply), summary, milliseconds: elapsed() });
  return { status: reply.status, headers: reply.headers, body: reply.body.toString('utf8'), exchange: start.id };
};

/** With the Authorization that the dialect asks for, where it has a way of its own. */
const sign = async (
  host: Host,
  sandbox: LoadedSandbox,
  receiver: ParticipantRow,
  way: Way,
  wire: Wire,
): Promise<Wire> => {
  const pattern = await host.pattern(sandbox.row.pattern);
  const spoken = await pattern.dialect(sandbox.row.dialect);
  const beside = await Promise.all((spoken.dialect.beside ?? []).map((id) => pattern.dialect(id)));
  const ways = [spoken, ...beside].flatMap(({ authentication }) => authentication ?? []);
  const sender = findParticipant(sandbox, way.from);
  if (ways.length === 0 || sender === undefined || wire.headers.authorization !== undefined) return wire;
  const signing = { sender, receiver, path: wire.path, realNow: host.now(), nonce: randomUUID() };
  const authorization = ways.map((authentication) => authentication.sign(signing)).find((made) => made !== undefined);
  return authorization === undefined ? wire : { ...wire, headers: { ...wire.headers, authorization } };
};

/**
 * Sends a request as one participant to another of the same sandbox; recorded once. A simulated or stopped receiver is
 * reached inside the process, an external one by real HTTP at its own URL. Any status is a reply; what is thrown is
 * NOT_FOUND (no such sandbox or participant), `participant-without-url`, REAL_NHS_NUMBER, OUTBOUND_REFUSED, UPSTREAM_FAILED or
 * UPSTREAM_TIMEOUT.
 */
export const send = async (host: Host, way: Way, request: Outgoing): Promise<Incoming> => {
  const sandbox = await loadSandbox(host.sql, way.sandbox);
  const receiver = sandbox && findParticipant(sandbox, way.to);
  if (sandbox === undefined || receiver === undefined)
    throw problem(NOT_FOUND, `There is no participant ${JSON.stringify(way.to)} in the sandbox ${way.sandbox}`);
  const plain = wireOf(request);
  const signature = request.signed === true ? signatureHeaders(receiver.credential, host.now(), plain.body) : {};
  const wire = await sign(host, sandbox, receiver, way, { ...plain, headers: { ...plain.headers, ...signature } });
  return receiver.mode === 'external' ? sendOutside(host, sandbox, receiver, way, wire) : sendInside(host, way, wire);
};
