import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx, Incoming, Outgoing } from '../../sandbox/pattern.ts';
import { type Ways, waysOf } from '../../sandbox/ways.ts';
import type { OpenRequest, State } from './open-requests.ts';

export const PROCESS_MESSAGE = '/FHIR/R4/$process-message';
export const FHIR_JSON = 'application/fhir+json';

/** A message that asks, to be sent as often as need be. */
export interface Asking {
  readonly header: string;
  readonly correlation: string;
  readonly bundle: FhirResource;
}

export interface MessageWays {
  /** Where messages to a participant go, as their header says. */
  destinationOf(ctx: Ctx, to: string): string;
  /** By what a message is known and referred to: its MessageHeader.id, or its Bundle.id. */
  readonly namedBy: 'header' | 'bundle';
  /** Whether who asks has to allow that it is answered later, by `async=true`. */
  readonly asksForAsync: boolean;
  /** Whether what is received is acknowledged by 200 and words, in place of 202. */
  readonly acknowledgesInWords: boolean;
  /** Whether an answer has to have the X-Correlation-ID of its request. */
  readonly keepsCorrelation: boolean;
  /** What a request's MessageHeader has beside its reason, and its HTTP request beside ids and types. */
  readonly header: object;
  readonly headers: Readonly<Record<string, string>>;
  /** The same referral over REST, answered at a status address; where there is such a thing. */
  keepAtStatus?(ctx: Ctx, referral: FhirResource): Promise<OpenRequest>;
  /** How a request is sent, to which participant, under what correlation, and what is known once that replied. */
  sentAs(ctx: Ctx, asking: Asking): { readonly correlation: string; readonly sent: Outgoing };
  readonly sentTo: string;
  stateAfter(reply: Incoming): State;
  /** Sends an answer of the provider's to the requester; `local` is what the sender calls it. */
  answer(
    ctx: Ctx,
    answer: { readonly local: string; readonly body: string; readonly headers: Readonly<Record<string, string>> },
  ): Promise<Incoming>;
  /** Whether that reply says that it arrived, now or before. */
  hasArrived(status: number): boolean;
}

/** Who has to be told that the answer may come later says so in the address. */
const pathFor = (ctx: Ctx): string => (ways.in(ctx).asksForAsync ? `${PROCESS_MESSAGE}?async=true` : PROCESS_MESSAGE);

const isDuplicate = (reply: Incoming): boolean => reply.status === 409 && reply.body.includes('"duplicate"');

/** FHIR messages over HTTP, as the standard has them. */
export const ways: Ways<MessageWays> = waysOf<MessageWays>({
  // One that only calls has no address; the header needs one all the same (messageheader.html).
  destinationOf: (ctx, to) =>
    `${fhirBaseOf(ctx, to) ?? `https://integration.example/${ctx.sandbox.id}/${to}`}/$process-message`,
  namedBy: 'header',
  asksForAsync: true,
  acknowledgesInWords: false,
  keepsCorrelation: false,
  header: {},
  headers: {},
  sentAs: (ctx, { correlation, bundle }) => ({
    correlation,
    sent: {
      method: 'POST',
      path: pathFor(ctx),
      headers: {
        accept: FHIR_JSON,
        'content-type': FHIR_JSON,
        'x-request-id': ctx.uuid(),
        'x-correlation-id': correlation,
        ...ways.in(ctx).headers,
      },
      body: JSON.stringify(bundle),
    },
  }),
  sentTo: 'provider',
  stateAfter: (reply) => (reply.status < 300 || isDuplicate(reply) ? 'acknowledged' : 'failed'),
  answer: (ctx, { body, headers }) =>
    ctx.send('requester', {
      method: 'POST',
      path: pathFor(ctx),
      headers: { ...headers, accept: FHIR_JSON, 'content-type': FHIR_JSON },
      body,
    }),
  hasArrived: (status) => status === 409 || status < 300,
});
