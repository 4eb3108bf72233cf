import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import type { FhirMessage } from '../../sandbox/fhir/message.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { problem } from '../../sandbox/problem.ts';
import { UNKNOWN_RECIPIENT } from './problems.ts';

export const PROCESS_MESSAGE = '/FHIR/R4/$process-message';

export const endpointOf = (ctx: Ctx, participant: string): string =>
  // One that only calls has no address of its own; the MessageHeader needs one all the same.
  `${fhirBaseOf(ctx, participant) ?? `https://integration.example/${ctx.sandbox.id}/${participant}`}/$process-message`;

export const sourceOf = (ctx: Ctx) => ({
  name: ctx.participant.name,
  endpoint: endpointOf(ctx, ctx.participant.name),
});

/** Those who have an address here. */
const KNOWN = ['recipient', 'sender'] as const;
export type Party = (typeof KNOWN)[number];

const destinationsOf = ({ header }: FhirMessage): readonly string[] =>
  (Array.isArray(header.destination) ? header.destination : []).flatMap((one: { endpoint?: unknown; name?: unknown }) =>
    [one.endpoint, one.name].filter((text) => typeof text === 'string'),
  );

/** Whom a message is for: one party, by the address of its endpoint or by its name. */
export const addressee = (ctx: Ctx, message: FhirMessage): Party => {
  const named = destinationsOf(message);
  const found = KNOWN.find((party) => named.some((text) => text === party || text === endpointOf(ctx, party)));
  if (found !== undefined) return found;
  const told = named.length === 0 ? 'The message names no destination' : `Nobody is known as ${named.join(' or ')}`;
  throw problem(UNKNOWN_RECIPIENT, `${told}; known are ${KNOWN.map((party) => endpointOf(ctx, party)).join(' and ')}`, {
    at: 'Bundle.entry[0].resource.destination',
  });
};
