import { parseExternalUrl } from './outbound-policy.ts';
import type { ParticipantRow } from './participants.ts';
import type { Outgoing } from './pattern.ts';
import { BAD_REQUEST, type Problem, problem } from './problem.ts';

export const NO_URL: Problem = {
  condition: 'participant-without-url',
  status: 409,
  title: 'The participant is external, and nobody has said where it is',
  issue: 'not-found',
};

const TIMEOUT = 30_000;
const FHIR_BASE = '/FHIR/R4';

/** A request as it goes on the wire; header names in lower case. */
export interface Wire {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly timeout: number;
}

export const wireOf = ({ method, path, headers = {}, body, timeout = TIMEOUT }: Outgoing): Wire => {
  if (!path.startsWith('/')) throw problem(BAD_REQUEST, `A path begins with a slash, unlike ${path}`, { at: 'path' });
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined ? '' : raw ? body : JSON.stringify(body);
  if (body !== undefined && !raw)
    lower['content-type'] ??= path.startsWith(FHIR_BASE) ? 'application/fhir+json' : 'application/json';
  lower['user-agent'] ??= 'integration-sandbox';
  // Framing is ours.
  for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) delete lower[name];
  return { method: method.toUpperCase(), path, headers: lower, body: Buffer.from(bytes), timeout };
};

/** `base` and `path` put together, where the path does not climb out of the base by `..` in any spelling. */
export const joinUrl = (base: string, path: string): URL => {
  const url = URL.parse(base + path);
  const normal = URL.parse(base)?.href.replace(/\/$/, '') ?? '';
  if (url === null || !url.href.startsWith(normal) || /^[^/?]/.test(url.href.slice(normal.length)))
    throw problem(BAD_REQUEST, `The path ${path} leads out of the receiver's base`, { at: 'path' });
  return url;
};

/** The URL of an external participant replaces `/FHIR/R4`; paths beside that are added to it as they are. */
export const externalUrl = (participant: ParticipantRow, path: string): URL => {
  if (participant.url === undefined)
    throw problem(NO_URL, `${participant.name} is external: set its url before anything is sent to it`, { at: 'url' });
  const { origin, pathname } = parseExternalUrl(participant.url);
  const base = origin + pathname.replace(/\/+$/, '');
  const fhir = path === FHIR_BASE || path.startsWith(`${FHIR_BASE}/`) || path.startsWith(`${FHIR_BASE}?`);
  return joinUrl(base, fhir ? path.slice(FHIR_BASE.length) : path);
};

/** A credential without a scheme is a bearer token. */
export const authorizationOf = (credential: string): string =>
  credential.includes(' ') ? credential : `Bearer ${credential}`;
