import { clientsOf, type Registration, saveClient, UNREGISTERED } from '../../sandbox/auth/clients.ts';
import { readKeys } from '../../sandbox/auth/jwks.ts';
import { type AuthMode, usesTokens } from '../../sandbox/auth/mode.ts';
import type { Right } from '../../sandbox/auth/token-rows.ts';
import type { LoadedDialect, LoadedPattern } from '../../sandbox/http/host.ts';
import type { OutboundPolicy } from '../../sandbox/outbound-policy.ts';
import { findParticipant } from '../../sandbox/participants.ts';
import { BAD_REQUEST, CONFLICT, type Fault, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { callersOf, clientView } from './client-view.ts';
import { type Actor, controlled, titleOf } from './control.ts';
import { checkOutboundUrl } from './seat.ts';
import type { Surroundings } from './surroundings.ts';
import { openSandbox } from './view.ts';

/** ClientRequest of openapi/service.yaml. */
export interface ClientRequest {
  readonly jwks?: unknown;
  readonly jwksUrl?: string;
  readonly redirectUris?: readonly string[];
  readonly public?: boolean;
  readonly scopes?: readonly Right[];
}

/** AuthRequest of openapi/service.yaml. */
export interface AuthRequest {
  readonly mode: AuthMode;
  readonly clients?: Readonly<Record<string, ClientRequest>>;
}

export interface Registered {
  readonly participant: string;
  readonly registration: Registration;
}

/** Throws where the dialect has a way of its own to prove who calls, which then is the only one. */
export const checkMode = ({ dialect, authentication }: LoadedDialect, mode: AuthMode, at: string): void => {
  if (authentication !== undefined && usesTokens(mode))
    throw problem(
      BAD_REQUEST,
      `Callers of ${dialect.id} prove who they are in its own way, and with no token of OAuth`,
      { at },
    );
};

/** RFC 8252 and RFC 9700, 2.1: absolute, without a fragment; http only to loopback, a scheme of its own with a dot in it. */
const redirectFault = (uri: string): string | undefined => {
  const url = URL.parse(uri);
  if (url === null || url.hash !== '' || uri.includes('*')) return 'is no absolute URI without a fragment';
  if (url.username !== '' || url.password !== '') return 'holds a user name or password';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:')
    return /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname)
      ? undefined
      : 'is http, which may lead to loopback only';
  return /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+:$/.test(url.protocol)
    ? undefined
    : 'has a scheme that is neither https nor a domain name turned round (com.example.app:/signed-in)';
};

const inMode = (mode: string, request: ClientRequest, at: string): Fault[] => {
  const foreign = mode === 'signed-jwt' ? (['redirectUris', 'public'] as const) : (['jwks', 'jwksUrl'] as const);
  return foreign
    .filter((name) => request[name] !== undefined)
    .map((name) => ({ at: `${at}/${name}`, detail: `${name} means nothing where auth is ${mode}` }));
};

const readClient = async (
  mode: string,
  request: ClientRequest,
  policy: OutboundPolicy,
  at: string,
): Promise<Registration> => {
  const { jwks, jwksUrl, redirectUris = [], scopes = UNREGISTERED.scopes } = request;
  const faults = inMode(mode, request, at);
  if (jwks !== undefined && jwksUrl !== undefined)
    faults.push({ at: `${at}/jwksUrl`, detail: 'Give the keys, or where they are, not both' });
  const read = jwks === undefined ? { keys: undefined, faults: [] } : readKeys(jwks);
  faults.push(...read.faults.map((fault) => ({ detail: fault.detail, at: `${at}/jwks${fault.at}` })));
  for (const [index, uri] of redirectUris.entries()) {
    const wrong = redirectFault(uri);
    if (wrong !== undefined)
      faults.push({ at: `${at}/redirectUris/${index}`, detail: `${uri.slice(0, 200)} ${wrong}` });
  }
  if (faults.length > 0) throw problem(BAD_REQUEST, faults);
  const url = jwksUrl === undefined ? undefined : await checkOutboundUrl(jwksUrl, `${at}/jwksUrl`, policy);
  return {
    redirectUris,
    open: request.public ?? false,
    scopes,
    ...(read.keys === undefined ? {} : { keys: read.keys }),
    ...(url === undefined ? {} : { jwksUrl: url }),
  };
};

/** What is registered from the start. Throws BAD_REQUEST with each place. */
export const readClients = async (
  pattern: LoadedPattern,
  dialect: string,
  { mode, clients = {} }: AuthRequest,
  policy: OutboundPolicy,
): Promise<readonly Registered[]> => {
  const callers = callersOf(pattern, dialect);
  const registered: Registered[] = [];
  for (const [participant, request] of Object.entries(clients)) {
    const at = `/auth/clients/${participant}`;
    if (!usesTokens(mode))
      throw problem(BAD_REQUEST, `Where auth is ${mode}, nothing is registered of clients`, { at });
    if (!callers.includes(participant))
      throw problem(BAD_REQUEST, `${participant} calls nobody; ${callers.join(', ')} do`, { at });
    registered.push({ participant, registration: await readClient(mode, request, policy, at) });
  }
  return registered;
};

/** Replaces what is registered of a participant as a client. Returns Client of openapi/service.yaml. */
export const setClient = async (
  { host }: Surroundings,
  actor: Actor,
  id: string,
  name: string,
  request: ClientRequest,
  showCredentials: boolean,
) => {
  const sandbox = await openSandbox(host, id);
  const { auth, dialect } = sandbox.row;
  const pattern = await host.pattern(sandbox.row.pattern);
  const callers = callersOf(pattern, dialect);
  const participant = findParticipant(sandbox, name);
  if (participant === undefined || !callers.includes(name))
    throw problem(NOT_FOUND, `${JSON.stringify(name)} is no participant that calls; ${callers.join(', ')} are`);
  if (!usesTokens(auth))
    throw problem(CONFLICT, `Callers of this sandbox need no token: its auth is ${auth}`, { at: '/auth' });
  const registration = await readClient(auth, request, host, '');
  const action = {
    operation: 'setClient',
    to: name,
    summary: `What is registered of the client of ${titleOf(pattern, name)} was replaced`,
    input: request,
  };
  await controlled(host, sandbox, actor, action, (tx) => saveClient(tx, id, name, registration));
  const saved = (await clientsOf(host.sql, sandbox)).find((one) => one.participant.name === name);
  return clientView(saved ?? { ...registration, participant, clientId: '' }, auth, showCredentials);
};
