import { randomUUID } from 'node:crypto';
import { ASSERTION_TYPE, post, type Supplier, sign } from '../../sandbox/auth/supplier.test-data.ts';
import { timestampOf, writeToken } from '../../sandbox/dialects/mesh-token.ts';
import { parseMessage } from '../../sandbox/hl7v2/message.ts';
import { MllpClient } from '../../sandbox/hl7v2/mllp-client.ts';
import type { Box } from '../e2e/conform-harness.test-data.ts';
import type { Play } from './live-case.ts';

/** What a step left behind: later ones refer to it. */
export interface Left {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

type Endpoint = Box['endpoints'][number];

/** Whether an endpoint was shown to whoever has the seat of that title, with its credential. */
const isShownTo =
  (title: string) =>
  (one: Endpoint): boolean =>
    one.note?.includes(`that of the ${title}:`) === true;

const endpointOf = (box: Box, title: string, participant: string, ...protocols: readonly string[]): Endpoint => {
  const own = protocols.flatMap((protocol) =>
    box.endpoints.filter((one) => one.participant === participant && one.protocol === protocol),
  );
  const found = own.find(isShownTo(title)) ?? own[0];
  if (found === undefined) throw new Error(`${participant} has no endpoint for ${protocols.join(' or ')}`);
  return found;
};

const credentialOf = (box: Box, title: string): string => box.endpoints.find(isShownTo(title))?.credential ?? '';

/** At its mailbox a participant proves who it is by a token of each request, made of its password. */
const mailToken = (path: string, password: string, nonce: string = randomUUID()): Readonly<Record<string, string>> => {
  const mailbox = /^\/messageexchange\/([^/]+)/.exec(path)?.[1];
  if (mailbox === undefined) return {};
  return {
    accept: 'application/vnd.mesh.v2+json',
    authorization: writeToken({ mailbox, nonce, count: '1', timestamp: timestampOf(Date.now()) }, password),
  };
};

const bodyOf = ({ body, change }: Play): string | undefined => {
  const whole = change === undefined || typeof body !== 'object' ? body : { ...body, ...change };
  return whole === undefined ? undefined : typeof whole === 'string' ? whole : JSON.stringify(whole);
};

/** One HTTP request as the participant of that title sends it. */
export const asHttp = async (box: Box, title: string, step: Play, signal: AbortSignal): Promise<Left> => {
  const { method = 'GET', path = '', sent = {}, to = '' } = step;
  const { nonce, ...headers } = sent;
  const body = bodyOf(step);
  const url = /^https?:/.test(path) ? path : `${endpointOf(box, title, to, 'fhir-r4', 'http').url}${path}`;
  const type = body === undefined ? {} : { 'content-type': 'application/fhir+json' };
  const reply = await fetch(url, {
    method,
    headers: { ...type, ...mailToken(path, credentialOf(box, title), nonce), ...headers },
    ...(body === undefined ? {} : { body }),
    signal,
  });
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: parsed(await reply.text()) };
};

/** One message over MLLP; `body` is what its acknowledgement says, where one comes. */
export const asHl7 = async (box: Box, to: string, { body = '', noReply }: Play): Promise<Left> => {
  const { hostname, port } = new URL(endpointOf(box, '', to, 'mllp').url);
  const client = new MllpClient({ address: hostname, port: Number(port) });
  const bytes = Buffer.from(String(body));
  try {
    if (noReply !== undefined) {
      await client.post(bytes, AbortSignal.timeout(10_000));
      return {};
    }
    const reply = parseMessage(await client.send(bytes, AbortSignal.timeout(10_000)));
    const [code, acknowledges, control] = ['MSA-1', 'MSA-2', 'MSH-10'].map((place) => reply.encoded(place));
    return { body: { code, acknowledges, control } };
  } finally {
    client.close();
  }
};

interface Authentication {
  readonly tokenUrl: string;
  readonly clients: readonly { readonly participant: string; readonly clientId: string }[];
}

/** A request for an access token, signed by a key that was registered. */
export const asToken = async (
  { authentication }: { readonly authentication?: Authentication },
  participant: string,
  supplier: Supplier,
  { claims = {} }: NonNullable<Play['token']>,
): Promise<Left> => {
  const { tokenUrl = '', clients = [] } = authentication ?? {};
  const clientId = clients.find((one) => one.participant === participant)?.clientId ?? '';
  const client_assertion = await sign(supplier, { clientId, tokenUrl, now: Date.now(), claims });
  const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
  const reply = await post(tokenUrl, form);
  return { status: reply.status, body: parsed(await reply.text()) };
};
