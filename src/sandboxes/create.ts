import { saveClient } from '../../sandbox/auth/clients.ts';
import type { AuthMode } from '../../sandbox/auth/mode.ts';
import type { LoadedPattern } from '../../sandbox/http/host.ts';
import { leasePorts } from '../../sandbox/mllp-ports.ts';
import type { OutboundPolicy } from '../../sandbox/outbound-policy.ts';
import { newCredential } from '../../sandbox/participants.ts';
import { BAD_REQUEST, problem, UNAVAILABLE } from '../../sandbox/problem.ts';
import { takingPart } from '../../sandbox/serving.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { type AuthRequest, checkMode, type Registered, readClients } from './clients.ts';
import { newKey, newRowId, newSandboxId } from './identifiers.ts';
import { insertKey } from './keys.ts';
import { checkQueue, readSeat, type Seat, type SeatRequest } from './seat.ts';
import { copyStores, nextSerial } from './serials.ts';
import type { Surroundings } from './surroundings.ts';
import { findTemplate } from './templates.ts';
import { readTtl } from './ttl.ts';

/** The seed of whoever names none. */
export const SEED = 1;

/** SandboxRequest of openapi/service.yaml, which checked the shapes. */
export interface SandboxRequest {
  readonly pattern?: string;
  readonly dialect?: string;
  readonly participants?: Readonly<Record<string, SeatRequest>>;
  readonly seed?: number;
  readonly ttl?: string;
  readonly auth?: AuthMode | AuthRequest;
  readonly decision?: string;
  readonly parts?: readonly { readonly pattern: string; readonly as?: string; readonly dialect?: string }[];
}

/** `parts` is the general form, of which `pattern` is the short one; for now there is one part. */
const partOf = (request: SandboxRequest): { id: string; dialect: string | undefined; at: string } => {
  const [part] = request.parts ?? [];
  if ((part === undefined) === (request.pattern === undefined))
    throw problem(BAD_REQUEST, 'Name the pattern, either as pattern or in parts', { at: '/pattern' });
  if (part !== undefined && request.dialect !== undefined)
    throw problem(BAD_REQUEST, 'With parts, the dialect stands in the part', { at: '/dialect' });
  return part === undefined
    ? { id: request.pattern ?? '', dialect: request.dialect, at: '/dialect' }
    : { id: part.pattern, dialect: part.dialect, at: '/parts/0/dialect' };
};

const dialectOf = ({ id, manifest }: LoadedPattern, asked: string | undefined, at: string): string => {
  const [first] = manifest.dialects;
  const dialect = asked ?? first;
  if (dialect === undefined || !manifest.dialects.includes(dialect))
    throw problem(BAD_REQUEST, `${id} does not speak ${dialect}; it speaks ${manifest.dialects.join(', ')}`, { at });
  return dialect;
};

const seatsOf = async (
  pattern: LoadedPattern,
  dialect: string,
  asked: SandboxRequest['participants'],
  policy: OutboundPolicy,
): Promise<ReadonlyMap<string, Seat>> => {
  const names = takingPart(pattern.manifest.participants, dialect).map(([, { name }]) => name);
  const given = new Map<string, Seat>();
  for (const [name, request] of Object.entries(asked ?? {})) {
    const at = `/participants/${name}`;
    if (!names.includes(name))
      throw problem(BAD_REQUEST, `There is no participant ${name}; there are ${names.join(', ')}`, { at });
    const seat = await readSeat(request, policy, at);
    checkQueue(pattern, seat, at);
    given.set(name, seat);
  }
  return given;
};

interface Row {
  readonly id: string;
  readonly secret: string;
  readonly keyId: string;
  readonly pattern: LoadedPattern;
  readonly dialect: string;
  readonly seats: readonly {
    readonly position: number;
    readonly name: string;
    readonly seat: Seat;
    readonly credential: string;
  }[];
  readonly request: SandboxRequest;
  readonly auth: AuthMode;
  readonly clients: readonly Registered[];
  readonly seed: number;
  readonly created: number;
  readonly expires: number;
}

const insertSandbox = async (tx: Tx, row: Row, serial: number, seq: number): Promise<void> => {
  await tx.query(
    `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, decision, created_real, expires_real,
       seq, clock_base, clock_anchor_real, clock_speed)
     values ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $8, $8, 1)`,
    [
      row.id,
      row.pattern.id,
      row.dialect,
      row.auth,
      row.seed,
      serial,
      row.request.decision ?? null,
      row.created,
      row.expires,
      seq,
    ],
  );
  for (const { position, name, seat, credential } of row.seats) {
    await tx.query(
      `insert into participant (sandbox, name, position, mode, url, mllp_url, credential, outbound_credential, queue)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [row.id, name, position, seat.mode, seat.url, seat.mllpUrl, credential, seat.credential, seat.queue ? 1 : 0],
    );
  }
};

/** One transaction: rows, key, and the stores as a copy of the template. False where the template went away meanwhile. */
const insertCopy = ({ host, templates }: Surroundings, row: Row): Promise<boolean> =>
  host.sql.transaction(async (tx) => {
    const template = await findTemplate(tx, templates.nameOf(row.pattern, row.dialect, row.seed));
    if (template === undefined) return false;
    const serial = await nextSerial(tx);
    await insertSandbox(tx, row, serial, template.seq);
    const key = { id: row.keyId, secret: row.secret, label: 'created with the sandbox', scope: 'control' } as const;
    await insertKey(tx, row.id, key, row.created);
    await copyStores(tx, row.pattern, template.serial, serial);
    for (const { participant, registration } of row.clients) await saveClient(tx, row.id, participant, registration);
    const { hl7v2 } = row.pattern.app;
    if (hl7v2 !== undefined && host.mllp !== undefined)
      await leasePorts(tx, host.mllp, row.id, hl7v2.participantsIn(row.dialect));
    return true;
  });

/**
 * Creates a sandbox and its first key, which is returned here and never again. Throws NOT_FOUND for an unknown pattern,
 * CONFLICT for one that cannot be run yet, BAD_REQUEST with the place for anything else.
 */
export const createSandbox = async (
  around: Surroundings,
  request: SandboxRequest,
): Promise<{ id: string; key: string }> => {
  const { host, templates } = around;
  const part = partOf(request);
  const pattern = await host.pattern(part.id);
  const dialect = dialectOf(pattern, part.dialect, part.at);
  const given = await seatsOf(pattern, dialect, request.participants, host);
  const created = host.now();
  const { auth = 'none' } = request;
  const asked = typeof auth === 'string' ? { mode: auth } : auth;
  checkMode(await pattern.dialect(dialect), asked.mode, typeof auth === 'string' ? '/auth' : '/auth/mode');
  const clients = await readClients(pattern, dialect, asked, host);
  const row: Row = {
    id: newSandboxId(),
    secret: newKey(),
    keyId: newRowId(),
    pattern,
    dialect,
    auth: asked.mode,
    clients,
    seats: takingPart(pattern.manifest.participants, dialect).map(([position, { name }]) => ({
      position,
      name,
      seat: given.get(name) ?? { mode: 'simulated', url: null, mllpUrl: null, credential: null, queue: false },
      credential: newCredential(),
    })),
    request,
    seed: request.seed ?? SEED,
    created,
    expires: created + readTtl(request.ttl, around.ttl),
  };
  // A template may be evicted between being there and being copied, though hardly twice.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await templates.ensure(pattern, row.dialect, row.seed);
    if (!(await insertCopy(around, row))) continue;
    if (row.seats.some(({ seat }) => seat.queue)) await around.messages.tendOutside();
    return { id: row.id, key: row.secret };
  }
  throw problem(UNAVAILABLE, 'The seeded store went away while it was being copied; try again');
};
