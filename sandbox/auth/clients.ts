import { createHash } from 'node:crypto';
import type { LoadedSandbox, ParticipantRow } from '../participants.ts';
import type { Reader, Tx } from '../sql/port.ts';
import { isRight, type Right, wordsOf } from './token-rows.ts';

/** A public key as it was registered (RFC 7517). */
export interface PublicKey {
  readonly kid: string;
  readonly [member: string]: unknown;
}

/** What is registered of a participant that calls. */
export interface Registration {
  readonly keys?: readonly PublicKey[];
  readonly jwksUrl?: string;
  readonly redirectUris: readonly string[];
  /** It cannot keep a secret. */
  readonly open: boolean;
  readonly scopes: readonly Right[];
}

export interface Client extends Registration {
  readonly participant: ParticipantRow;
  readonly clientId: string;
}

export const UNREGISTERED: Registration = { redirectUris: [], open: false, scopes: ['read', 'write'] };

/** Not secret, though it comes of what is: the platform's API key, in as far as that is an id. */
export const clientIdOf = ({ credential }: Pick<ParticipantRow, 'credential'>): string =>
  createHash('sha256').update(`client ${credential}`).digest('base64url').slice(0, 32);

interface Row {
  readonly participant: string;
  readonly jwks: string | null;
  readonly jwks_url: string | null;
  readonly redirect_uris: string;
  readonly open: number;
  readonly scopes: string;
}

const registrationOf = (row: Row): Registration => ({
  redirectUris: JSON.parse(row.redirect_uris),
  open: row.open === 1,
  scopes: wordsOf(row.scopes).filter(isRight),
  ...(row.jwks === null ? {} : { keys: JSON.parse(row.jwks) }),
  ...(row.jwks_url === null ? {} : { jwksUrl: row.jwks_url }),
});

/** Every participant of the sandbox as a client, whether anything was registered of it or not. */
export const clientsOf = async (reader: Reader, { row, participants }: LoadedSandbox): Promise<readonly Client[]> => {
  const rows = await reader.query<Row>(
    'select participant, jwks, jwks_url, redirect_uris, open, scopes from auth_client where sandbox = $1',
    [row.id],
  );
  return participants.map((participant) => {
    const registered = rows.find((one) => one.participant === participant.name);
    const registration = registered === undefined ? UNREGISTERED : registrationOf(registered);
    return { ...registration, participant, clientId: clientIdOf(participant) };
  });
};

export const saveClient = async (
  tx: Tx,
  sandbox: string,
  participant: string,
  { keys, jwksUrl, redirectUris, open, scopes }: Registration,
): Promise<void> => {
  await tx.query(
    `insert into auth_client (sandbox, participant, jwks, jwks_url, redirect_uris, open, scopes)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (sandbox, participant) do update set jwks = excluded.jwks, jwks_url = excluded.jwks_url,
       redirect_uris = excluded.redirect_uris, open = excluded.open, scopes = excluded.scopes`,
    [
      sandbox,
      participant,
      keys === undefined ? null : JSON.stringify(keys),
      jwksUrl ?? null,
      JSON.stringify(redirectUris),
      open ? 1 : 0,
      scopes.join(' '),
    ],
  );
};
