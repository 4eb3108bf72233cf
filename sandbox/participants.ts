import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Dialect } from './dialect.ts';
import type { PatternManifest } from './manifest.ts';
import type { Caller, ParticipantView } from './pattern.ts';
import { problem, UNAUTHENTICATED } from './problem.ts';
import type { Reader } from './sql/port.ts';

/** A sandbox's row, as far as serving it needs; times are milliseconds, `_real` on the real clock. */
export interface SandboxRow {
  readonly id: string;
  readonly pattern: string;
  readonly dialect: string;
  readonly auth: string;
  readonly seed: number;
  readonly generation: number;
  readonly serial: number;
  readonly expires_real: number;
  readonly clock_base: number;
  readonly clock_anchor_real: number;
  readonly clock_speed: number;
}

export interface ParticipantRow extends ParticipantView {
  /** Base URL of the external system that has this seat. */
  readonly url?: string;
  /** Where it takes HL7 v2, where that is not `url`. */
  readonly mllpUrl?: string;
  /** Bearer token by which this participant's own calls are recognised. */
  readonly credential: string;
  /** Sent as Authorization to the external system. */
  readonly outboundCredential?: string;
  /** Whether an external one has a queue of its own on the broker, as far as it can be made. */
  readonly queue?: true;
}

/** A sandbox with its participants, in the order of the manifest; read afresh for each request, by one query. */
export interface LoadedSandbox {
  readonly row: SandboxRow;
  readonly participants: readonly ParticipantRow[];
  /** How many faults are switched on: with none, none have to be looked up. */
  readonly faults: number;
}

interface JoinedRow extends SandboxRow {
  readonly faults: number;
  readonly name: string;
  readonly position: number;
  readonly mode: ParticipantView['mode'];
  readonly url: string | null;
  readonly mllp_url: string | null;
  readonly credential: string;
  readonly outbound_credential: string | null;
  readonly queue: number;
}

const LOAD = `select s.id, s.pattern, s.dialect, s.auth, s.seed, s.generation, s.serial, s.expires_real, s.clock_base,
  s.clock_anchor_real, s.clock_speed, (select count(*) from fault f where f.serial = s.serial) as faults,
  p.name, p.position, p.mode, p.url, p.mllp_url, p.credential, p.outbound_credential, p.queue
  from sandbox s join participant p on p.sandbox = s.id where s.id = $1 order by p.position`;

const participantOf = (row: JoinedRow): ParticipantRow => ({
  name: row.name,
  index: row.position,
  mode: row.mode,
  credential: row.credential,
  ...(row.url === null ? {} : { url: row.url }),
  ...(row.mllp_url === null ? {} : { mllpUrl: row.mllp_url }),
  ...(row.outbound_credential === null ? {} : { outboundCredential: row.outbound_credential }),
  ...(row.queue === 1 ? { queue: true } : {}),
});

/** The sandbox, or undefined where there is none. Whether it has expired is the caller's question: `row.expires_real`. */
export const loadSandbox = async (reader: Reader, id: string): Promise<LoadedSandbox | undefined> => {
  const rows = await reader.query<JoinedRow>(LOAD, [id]);
  const [row] = rows;
  return row && { row, participants: rows.map(participantOf), faults: row.faults };
};

export const findParticipant = (sandbox: LoadedSandbox, name: string): ParticipantRow | undefined =>
  sandbox.participants.find((participant) => participant.name === name);

/** A fresh credential: 192 random bits, recognisable as ours wherever it turns up. */
export const newCredential = (): string => `fp_${randomBytes(24).toString('base64url')}`;

const REALM = 'Bearer realm="sandbox"';
const BEARER = /^Bearer +([\w~+/.=-]+)$/i;

const sameSecret = (left: Buffer, right: string): boolean => {
  const other = Buffer.from(right);
  return left.length === other.length && timingSafeEqual(left, other);
};

/** The participant whose credential this Authorization header carries, if it is one of this sandbox's. */
export const ownerOf = (sandbox: LoadedSandbox, authorization: string): ParticipantRow | undefined => {
  const token = BEARER.exec(authorization.trim())?.[1];
  if (token === undefined) return undefined;
  const given = Buffer.from(token);
  return sandbox.participants.find((participant) => sameSecret(given, participant.credential));
};

const authenticate = (sandbox: LoadedSandbox, authorization: string): ParticipantRow => {
  const found = ownerOf(sandbox, authorization);
  if (found !== undefined) return found;
  const detail = BEARER.test(authorization.trim())
    ? 'The bearer token is not a credential of this sandbox'
    : 'Authorization has to be "Bearer" and a credential of this sandbox';
  throw problem(UNAUTHENTICATED, detail, {
    at: 'Authorization',
    headers: { 'www-authenticate': `${REALM}, error="invalid_token"` },
  });
};

export interface CallerQuestion {
  readonly sandbox: LoadedSandbox;
  readonly manifest: PatternManifest;
  readonly dialect: Dialect;
  /** The participant that is called. */
  readonly to: string;
  readonly operationId: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface Starting {
  readonly sandbox: LoadedSandbox;
  readonly manifest: PatternManifest;
  /** The participant that is called. */
  readonly to: string;
}

const UNKNOWN: Caller = { participant: 'unknown', claimed: false };

/**
 * Whom a message claims to be from, of those that may start one of these operations: a participant that it names, or the only
 * one, where it names anybody; else the only external participant of them; else `unknown`.
 */
const believe = (
  { sandbox, manifest, to }: Starting,
  operations: readonly string[],
  claims: readonly string[],
): Caller => {
  if (claims.length === 0 && !sandbox.participants.some(({ mode }) => mode === 'external')) return UNKNOWN;
  const starters = manifest.participants
    .filter(({ name, starts }) => name !== to && ['*', ...operations].some((one) => starts.includes(one)))
    .map(({ name }) => name);
  const [only] = starters;
  const claimed = claims.map((claim) => claim.trim().toLowerCase());
  const named = starters.find((name) => claimed.includes(name));
  if (named !== undefined) return { participant: named, claimed: true };
  if (only !== undefined && starters.length === 1 && claims.length > 0) return { participant: only, claimed: true };
  const external = starters.filter((name) => findParticipant(sandbox, name)?.mode === 'external');
  const [first] = external;
  return first !== undefined && external.length === 1 ? { participant: first, claimed: false } : UNKNOWN;
};

/**
 * Who calls (rules 5): the owner of the credential; else whom the dialect's identity header claims (its value is a
 * participant's name, or an organisation's code where only one participant may start this operation); else the only
 * external participant that may start it; else `unknown`. A credential that is none of this sandbox's is a 401 even where
 * none is asked for, since its owner believes to be recognised.
 */
export const identifyCaller = (question: CallerQuestion): Caller => {
  const { sandbox, headers, dialect } = question;
  const { authorization } = headers;
  if (authorization !== undefined) return { participant: authenticate(sandbox, authorization).name, claimed: false };
  if (sandbox.row.auth === 'bearer')
    throw problem(UNAUTHENTICATED, 'This sandbox asks for the credential shown with the endpoint', {
      at: 'Authorization',
      headers: { 'www-authenticate': REALM },
    });
  const claim = dialect.identity && headers[dialect.identity.header.toLowerCase()];
  return believe(question, [question.operationId], claim === undefined ? [] : [claim]);
};

export interface SenderQuestion extends Starting {
  /** What `starts` may call it: `hl7v2`, and the type of the message. */
  readonly operationIds: readonly string[];
  /** Who the message says it is from: MSH-3 and MSH-4. */
  readonly claims: readonly string[];
  /** MSH-8, the only place of a message where a credential can stand. */
  readonly credential: string;
}

/** Who sends a message (rules 5), by the same order: credential, claim, only external participant, `unknown`. */
export const identifySender = (question: SenderQuestion): Caller => {
  const { sandbox, operationIds, claims, credential } = question;
  const owner = ownerOf(sandbox, `Bearer ${credential}`);
  if (owner !== undefined) return { participant: owner.name, claimed: false };
  // There is no token of OAuth in a message: whatever the sandbox asks for over HTTP, here it is the credential.
  if (sandbox.row.auth !== 'none')
    throw problem(UNAUTHENTICATED, 'This sandbox asks for the credential shown with the endpoint, in MSH-8', {
      at: 'MSH-8',
    });
  return believe(
    question,
    operationIds,
    claims.filter((claim) => claim !== ''),
  );
};
