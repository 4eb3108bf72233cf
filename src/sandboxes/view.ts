import { usesTokens } from '../../sandbox/auth/mode.ts';
import { sandboxNow } from '../../sandbox/clock.ts';
import type { OpenApiDocument } from '../../sandbox/contract-schema.ts';
import type { Host, LoadedPattern } from '../../sandbox/http/host.ts';
import type { ParticipantManifest } from '../../sandbox/manifest.ts';
import { type LoadedSandbox, loadSandbox, type ParticipantRow } from '../../sandbox/participants.ts';
import { placesOf } from '../../sandbox/places.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { amqpEndpointsOf } from './amqp-endpoints.ts';
import { callersOf } from './callers.ts';
import { authenticationView } from './client-view.ts';
import { messagesAt, requestsAt } from './endpoint-requests.ts';
import { mllpEndpointsOf } from './mllp-endpoints.ts';
import { forSenders } from './mllp-senders.ts';
import { hasOutsideQueues } from './seat.ts';
import { streamEndpointsOf } from './stream-endpoints.ts';
import type { Surroundings } from './surroundings.ts';
import { titled } from './titled.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

const noteOf = (row: ParticipantRow, auth: string, caller: ParticipantManifest | undefined): string | undefined => {
  const seat =
    row.mode === 'stopped'
      ? 'Stopped: it does not answer.'
      : row.mode === 'external'
        ? row.url === undefined
          ? 'External: it only calls, as no URL was given for it.'
          : 'External: the others call it at the URL that was given.'
        : undefined;
  const credential =
    caller && `The credential is that of ${titled(caller.title)}: whoever sends it is recorded as that.`;
  const token = usesTokens(auth) ? 'Calls need an access token of the token endpoint of this sandbox.' : undefined;
  return [seat, credential, token].filter((part) => part !== undefined).join(' ') || undefined;
};

interface EndpointOptions {
  readonly publicUrl: string;
  readonly contract: OpenApiDocument;
  readonly showCredentials: boolean;
  /** An NHS number to try. */
  readonly patient: string;
}

/** One entry for each protocol of each participant that serves, and each participant that may call it. */
const endpointsOf = ({ row, participants }: LoadedSandbox, pattern: LoadedPattern, options: EndpointOptions) => {
  const described = pattern.manifest.participants;
  return participants.flatMap((served) => {
    const role = described.find(({ name }) => name === served.name);
    if (role === undefined) return [];
    const places = placesOf(options.contract, role);
    const base = `${options.publicUrl}/sandboxes/${row.id}/${served.name}`;
    return places.flatMap(({ protocol, path, operations }) => {
      const callers = callersOf(described, operations, role);
      return (callers.length === 0 || usesTokens(row.auth) ? [undefined] : callers).map((caller) => {
        const credential = participants.find(({ name }) => name === caller?.name)?.credential;
        // Where tokens are asked for, the credential is good for nothing here, and the client's own is shown with it.
        const shown =
          options.showCredentials && caller !== undefined && credential !== undefined && !usesTokens(row.auth);
        const note = noteOf(served, row.auth, shown ? caller : undefined);
        const requests = requestsAt(pattern.requests ?? [], {
          participant: served.name,
          base: path,
          dialect: row.dialect,
          patient: options.patient,
          ...(shown ? { credential, caller: caller.name } : {}),
        });
        return {
          participant: served.name,
          protocol,
          url: `${base}${path}`,
          auth: row.auth,
          ...(shown ? { credential } : {}),
          ...(note === undefined ? {} : { note }),
          ...(requests.length === 0 ? {} : { requests }),
        };
      });
    });
  });
};

/** Where people enter. */
const entrancesOf = ({ app }: LoadedPattern, base: string) =>
  (app.entrances ?? []).map(({ participant, path, note }) => ({
    participant,
    protocol: 'http',
    url: `${base}/${participant}${path}`,
    note,
  }));

/** Participant of openapi/service.yaml. */
export const participantView = (pattern: LoadedPattern, dialect: string, row: ParticipantRow) => {
  const described = pattern.manifest.participants.find(({ name }) => name === row.name);
  const acts = Object.entries(pattern.app.acts?.[row.name] ?? {}).filter(
    ([, { dialects }]) => dialects?.includes(dialect) ?? true,
  );
  return {
    name: row.name,
    title: described?.title ?? row.name,
    ...(described === undefined ? {} : { summary: described.summary, main: described.main === true }),
    mode: row.mode,
    ...(row.url === undefined ? {} : { url: row.url }),
    ...(row.mllpUrl === undefined ? {} : { mllpUrl: row.mllpUrl }),
    ...(row.queue === true ? { queue: true } : {}),
    acts: acts.map(([id, { title, summary, input }]) => ({ id, title, summary, input })),
  };
};

/** The sandbox as it is now; throws NOT_FOUND where it was deleted, has expired, or never was. */
export const openSandbox = async (host: Host, id: string): Promise<LoadedSandbox> => {
  const sandbox = await loadSandbox(host.sql, id);
  if (sandbox === undefined || sandbox.row.expires_real <= host.now())
    throw problem(NOT_FOUND, 'The sandbox was deleted or has expired');
  return sandbox;
};

const clockView = async (host: Host, { row }: LoadedSandbox) => {
  const [next] = await host.sql.query<{ due: number }>(
    'select due from timer where serial = $1 order by due, seq limit 1',
    [row.serial],
  );
  return {
    now: iso(sandboxNow(row, host.now())),
    speed: row.clock_speed,
    ...(next === undefined ? {} : { nextTimer: iso(next.due) }),
  };
};

/** Sandbox of openapi/service.yaml; the participants' credentials only where `showCredentials`. */
export const sandboxView = async (around: Surroundings, id: string, showCredentials: boolean) => {
  const { host, people } = around;
  const sandbox = await openSandbox(host, id);
  const { row } = sandbox;
  const pattern = await host.pattern(row.pattern);
  const { contract = pattern.contract } = await pattern.dialect(row.dialect);
  const [more] = await host.sql.query<{ decision: string | null; created_real: number }>(
    'select decision, created_real from sandbox where id = $1',
    [id],
  );
  const examples = await pattern.app.examples?.(row.dialect, { seed: row.seed, people });
  const authentication = await authenticationView(around, sandbox, pattern, showCredentials);
  // The first example that looks like an NHS number is somebody whom the seed put there.
  const patient = examples?.find(({ value }) => /^\d{10}$/.test(value))?.value ?? '9000000009';
  const withMessages = <E extends { readonly participant: string }>(endpoint: E) => {
    const messages = messagesAt(pattern.requests ?? [], { participant: endpoint.participant, patient });
    return messages.length === 0 ? endpoint : { ...endpoint, messages };
  };
  const endpoints = endpointsOf(sandbox, pattern, { publicUrl: host.publicUrl(), contract, showCredentials, patient });
  return {
    id,
    pattern: row.pattern,
    dialect: row.dialect,
    auth: row.auth,
    ...(authentication === undefined ? {} : { authentication }),
    seed: row.seed,
    ...(more?.decision == null ? {} : { decision: more.decision }),
    createdAt: iso(more?.created_real ?? host.now()),
    expiresAt: iso(row.expires_real),
    clock: await clockView(host, sandbox),
    participants: sandbox.participants.map((participant) => participantView(pattern, row.dialect, participant)),
    endpoints: [
      ...endpoints,
      ...entrancesOf(pattern, `${host.publicUrl()}/sandboxes/${id}`),
      ...(await mllpEndpointsOf(host, sandbox, pattern))
        .map(withMessages)
        .flatMap(forSenders(sandbox, pattern, showCredentials)),
      ...(await amqpEndpointsOf(host, sandbox, pattern, showCredentials)),
      ...(await streamEndpointsOf(host, sandbox, pattern, showCredentials && !usesTokens(row.auth))),
    ],
    worklist: pattern.app.worklists !== undefined,
    queues: Object.keys(pattern.app.consumers ?? {}).length > 0,
    outsideQueues: hasOutsideQueues(pattern),
    ...(examples === undefined ? {} : { examples }),
  };
};

/**
 * The sandboxes that were made from each of these decisions, oldest first; of many, the first thousand in all. Decisions are
 * open to all, and the id of a sandbox without credentials is all that calling it takes: beyond loopback it is left out.
 */
export const sandboxesOfDecisions = async (
  { host }: Surroundings,
  decisions: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const made = new Map<string, string[]>();
  if (decisions.length === 0) return made;
  const named = decisions.map((_, index) => `$${index + 2}`).join(', ');
  const rows = await host.sql.query<{ id: string; decision: string }>(
    `select id, decision from sandbox where decision in (${named}) and expires_real > $1
      ${host.listensOnLoopbackOnly ? '' : "and auth <> 'none'"}
      order by created_real limit 1000`,
    [host.now(), ...decisions],
  );
  for (const { id, decision } of rows) made.set(decision, [...(made.get(decision) ?? []), id]);
  return made;
};
