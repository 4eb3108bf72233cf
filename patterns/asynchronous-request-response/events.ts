import type { Ctx } from '../../sandbox/pattern.ts';
import { ways } from './ways.ts';

/** The events that the pattern knows, each request with its response. */
export type Request = 'servicerequest-request' | 'booking-request';
export type Response = 'servicerequest-response' | 'booking-response';

export const RESPONSE_TO: Readonly<Record<Request, Response>> = {
  'servicerequest-request': 'servicerequest-response',
  'booking-request': 'booking-response',
};

export const isRequest = (event: string): event is Request => Object.hasOwn(RESPONSE_TO, event);
export const isResponse = (event: string): event is Response => Object.values<string>(RESPONSE_TO).includes(event);

/** BaRS, MessageHeader.eventCoding and .reason. */
export const eventCoding = (code: Request | Response) => ({
  system: 'https://fhir.nhs.uk/CodeSystem/message-events-bars',
  code,
});
export const reasonOf = (code: 'new' | 'update' | 'delete') => ({
  reason: { coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/message-reason-bars', code }] },
});

/** What a response refers to, of the request's ids. */
export const identifierOf = (ctx: Pick<Ctx, 'dialect'>, message: { bundle: string; header: string }): string =>
  message[ways.in(ctx).namedBy];
