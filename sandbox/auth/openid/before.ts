import { timingSafeEqual } from 'node:crypto';
import type { Asked } from '../asked.ts';
import type { Client } from '../clients.ts';
import type { Opened } from './provider.ts';

/**
 * What the platform looks at before anything else, and says in its own words; the first mistake, or undefined. Everything
 * else is left to the provider.
 */
export const authorizeMistake = (
  params: URLSearchParams,
  { clients }: Pick<Opened, 'clients'>,
  claimed: (participant: string) => void,
): string | undefined => {
  const id = params.get('client_id') ?? '';
  if (id === '') return 'client-id-missing';
  const client = clients.find(({ clientId }) => clientId === id);
  if (client === undefined) return 'client-id-invalid';
  claimed(client.participant.name);
  const redirect = params.get('redirect_uri') ?? '';
  if (redirect === '') return 'redirect-uri-missing';
  return client.redirectUris.includes(redirect) ? undefined : 'redirect-uri-invalid';
};

interface Claimed {
  readonly id: string;
  /** Undefined where none was sent. */
  readonly secret: string | undefined;
}

const BASIC = /^basic +([\w+/=-]+) *$/i;

/** RFC 6749 2.3.1: in the header, each percent-encoded, or in the form. */
const claimedIn = (form: URLSearchParams, authorization: string | undefined): Claimed => {
  const basic = BASIC.exec(authorization ?? '')?.[1];
  if (basic === undefined) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? undefined };
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { id: text.slice(0, Math.max(0, colon)), secret: text.slice(colon + 1) };
};

const isSecretOf = ({ participant }: Client, given: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(participant.credential)];
  return left.length === right.length && timingSafeEqual(left, right);
};

const clientMistake = (form: URLSearchParams, asked: Asked, clients: readonly Client[]): string | undefined => {
  const { id, secret } = claimedIn(form, asked.headers.authorization);
  if (id === '') return 'client-id-missing';
  const client = clients.find(({ clientId }) => clientId === id);
  if (client === undefined) return 'client-invalid';
  asked.from(client.participant.name, false);
  if (client.open) return undefined;
  if (secret === undefined || secret === '') return 'client-secret-missing';
  if (!isSecretOf(client, secret)) return 'client-invalid';
  asked.from(client.participant.name, true);
  return undefined;
};

export const tokenFormMistake = (
  form: URLSearchParams,
  asked: Asked,
  { clients }: Pick<Opened, 'clients'>,
): string | undefined => {
  const grant = form.get('grant_type') ?? '';
  if (grant === '') return 'grant-type-missing';
  if (grant === 'client_credentials') return 'grant-type-not-configured';
  if (grant !== 'authorization_code' && grant !== 'refresh_token') return 'grant-type-invalid';
  const mistake = clientMistake(form, asked, clients);
  if (mistake !== undefined) return mistake;
  if (grant === 'refresh_token') return form.has('refresh_token') ? undefined : 'refresh-token-missing';
  if (!form.has('redirect_uri')) return 'redirect-uri-missing';
  return form.has('code') ? undefined : 'code-missing';
};
