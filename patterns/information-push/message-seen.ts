import { at, list } from '../../sandbox/conformance/evidence.ts';
import { asksFor, type Handling } from '../../sandbox/fhir/itk.ts';
import { isResource } from '../../sandbox/fhir/stored.ts';
import { ACK } from './events.ts';

/** A FHIR message as a check finds it: parsed, and nothing more is known of it. */
export const headerOf = (message: unknown): unknown => at(message, 'entry', 0, 'resource');
export const messageId = (message: unknown): unknown => at(headerOf(message), 'id');
export const eventOf = (message: unknown): unknown =>
  at(headerOf(message), 'eventCoding', 'code') ?? at(headerOf(message), 'eventUri');
export const destinationsOf = (message: unknown): readonly unknown[] =>
  list(at(headerOf(message), 'destination'))
    .map((one) => at(one, 'endpoint'))
    .filter((endpoint) => typeof endpoint === 'string' && endpoint !== '');
/** What it is about, as the header refers to it. */
export const focusOf = (message: unknown): string =>
  list(at(headerOf(message), 'focus'))
    .map((one) => at(one, 'reference'))
    .join(' ');
export const contentOf = (message: unknown): readonly unknown[] =>
  list(at(message, 'entry'))
    .slice(1)
    .map((entry) => at(entry, 'resource'));

/** The message that this one answers. */
export const answers = (message: unknown): unknown => at(headerOf(message), 'response', 'identifier');
export const isPositive = (message: unknown): boolean => at(headerOf(message), 'response', 'code') === 'ok';

export const asks = (message: unknown, what: Handling): boolean => {
  const header = headerOf(message);
  return isResource(header) && asksFor(header, what);
};

/** As FHIR codes have it, and as ITK3 has it. */
export const isAckOf = (event: unknown, workflow: unknown): boolean =>
  event === `${String(workflow)}${ACK}` || event === `${String(workflow)}_ACK`;

const HAVE_STATUS: readonly unknown[] = ['Encounter', 'DocumentReference'];

/** Whether what it brings has what FHIR requires of it: an Encounter or a DocumentReference has a status. */
export const isSound = (message: unknown): boolean =>
  contentOf(message).every(
    (resource) => !HAVE_STATUS.includes(at(resource, 'resourceType')) || typeof at(resource, 'status') === 'string',
  );
