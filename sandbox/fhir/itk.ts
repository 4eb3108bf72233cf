import { member } from '../act-values.ts';
import type { Ctx } from '../pattern.ts';
import { type MessageDraft, writeMessage } from './message.ts';
import type { FhirResource } from './stored.ts';

/**
 * Message handling as ITK3 has it, an extension of the MessageHeader: what is not asked for is not done, and there are no
 * defaults (ITK3 Messaging Distribution).
 */
const HANDLING = 'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-ITK-MessageHandling-2';
export type Handling = 'InfAckRequested' | 'BusAckRequested';

export const handling = (asked: readonly Handling[]) =>
  asked.length === 0
    ? {}
    : { extension: [{ url: HANDLING, extension: asked.map((url) => ({ url, valueBoolean: true })) }] };

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asksFor = (header: FhirResource, what: Handling): boolean =>
  list(header.extension)
    .filter((one) => member(one, 'url') === HANDLING)
    .flatMap((one) => list(member(one, 'extension')))
    .some((one) => member(one, 'url') === what && member(one, 'valueBoolean') === true);

/** ITK3's response message, and its codes: it is safely here; it is not valid. */
const RESPONSE = { system: 'https://fhir.nhs.uk/STU3/CodeSystem/ITK-MessageEvent-2', code: 'ITK008M' };
const CODES = 'https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-1';
const FINE = { system: CODES, code: '20013', display: 'OK' };
const NOT_VALID = { system: CODES, code: '10008', display: 'The message is not valid' };

/** An infrastructure acknowledgement; `fault` says why not. It asks for none itself. */
export const infrastructureAck = (
  ctx: Ctx,
  about: Pick<MessageDraft, 'base' | 'source' | 'destination'> & { readonly message: string; readonly fault?: string },
): FhirResource => {
  const { message, fault, ...rest } = about;
  const outcome: FhirResource = {
    resourceType: 'OperationOutcome',
    id: ctx.uuid(),
    issue: [
      fault === undefined
        ? { severity: 'information', code: 'informational', details: { coding: [FINE] } }
        : { severity: 'fatal', code: 'invalid', details: { coding: [NOT_VALID] }, diagnostics: fault },
    ],
  };
  return writeMessage({
    ...rest,
    bundleId: ctx.uuid(),
    headerId: ctx.uuid(),
    event: RESPONSE,
    at: ctx.now(),
    response: { identifier: message, code: fault === undefined ? 'ok' : 'fatal-error' },
    focus: [outcome],
  });
};

/** What an infrastructure acknowledgement says of the message that it is about. */
export interface Acknowledgement {
  /** The MessageHeader.id of that. */
  readonly message: string;
  readonly positive: boolean;
  readonly reason: string;
}

/** What an acknowledgement says; undefined for what answers nothing. */
export const readAcknowledgement = (body: unknown): Acknowledgement | undefined => {
  const [header, outcome] = list(member(body, 'entry')).map((entry) => member(entry, 'resource'));
  const response = member(header, 'response');
  const message = member(response, 'identifier');
  if (typeof message !== 'string') return undefined;
  const [issue] = list(member(outcome, 'issue'));
  const [coding] = list(member(member(issue, 'details'), 'coding'));
  const words = [member(coding, 'code'), member(coding, 'display'), member(issue, 'diagnostics')];
  return {
    message,
    positive: member(response, 'code') === 'ok',
    reason: words.filter((word) => typeof word === 'string').join(' '),
  };
};

/** Whether it is an infrastructure acknowledgement, by its event. */
export const isInfrastructureAck = (event: string): boolean => event === RESPONSE.code;
