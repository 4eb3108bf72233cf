import type { Ctx } from '../pattern.ts';
import { INVALID_RESOURCE, problem } from '../problem.ts';
import { requireFit } from './document.ts';
import { type FhirResource, isResource } from './stored.ts';

/** A FHIR message (FHIR R4 messaging.html), read: its parts in their places. */
export interface FhirMessage {
  readonly bundle: FhirResource;
  /** Bundle.id; absent where the sender gave none. */
  readonly bundleId?: string;
  readonly header: FhirResource;
  /** MessageHeader.id: what base FHIR's `response.identifier` refers to. */
  readonly headerId: string;
  /** The code of `eventCoding`, or `eventUri`. */
  readonly event: string;
  /** Where responses go: MessageHeader.source.endpoint. */
  readonly source: string;
  /** Set where this answers another message. */
  readonly response?: { readonly identifier: string; readonly code: string };
  /** Every resource but the header, with its `fullUrl`. */
  readonly content: readonly { readonly fullUrl: string; readonly resource: FhirResource }[];
  /** Those of them that MessageHeader.focus names, in its order. */
  readonly focus: readonly FhirResource[];
}

const refuse = (detail: string, at: string) => problem(INVALID_RESOURCE, detail, { at });

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const entriesOf = (bundle: FhirResource): FhirMessage['content'] =>
  list(bundle.entry).flatMap((entry) => {
    const { fullUrl, resource } = record(entry);
    return isResource(resource) ? [{ fullUrl: text(fullUrl), resource }] : [];
  });

/** Whether a reference in the bundle names this entry: by fullUrl, by `urn:uuid:` and id, or by type and id. */
const names = (reference: string, { fullUrl, resource }: FhirMessage['content'][number]): boolean =>
  reference !== '' &&
  (reference === fullUrl ||
    reference === `${resource.resourceType}/${resource.id}` ||
    reference === `urn:uuid:${resource.id}`);

/** The entry that a reference within the message names. */
export const inMessage = (message: Pick<FhirMessage, 'content'>, reference: unknown): FhirResource | undefined =>
  message.content.find((entry) => names(text(record(reference).reference), entry))?.resource;

const readResponse = (header: FhirResource): FhirMessage['response'] => {
  if (header.response === undefined) return undefined;
  const { identifier, code } = record(header.response);
  return { identifier: text(identifier), code: text(code) };
};

/**
 * Reads the body of `$process-message`: a Bundle of type message whose first entry is its MessageHeader. Whatever else is
 * said of a message is refused at its place (FHIR R4 bundle.html#message, messageheader.html).
 */
export const readMessage = (ctx: Ctx, body: unknown): FhirMessage => {
  const bundle = requireFit(ctx, body, 'Bundle');
  if (bundle.type !== 'message')
    throw refuse(`A message is a Bundle of type message, not ${JSON.stringify(bundle.type)}`, 'Bundle.type');
  const [first, ...rest] = entriesOf(bundle);
  if (first?.resource.resourceType !== 'MessageHeader')
    throw refuse('The first entry of a message is its MessageHeader', 'Bundle.entry[0].resource');
  const header = first.resource;
  const at = 'Bundle.entry[0].resource';
  const event = text(record(header.eventCoding).code) || text(header.eventUri);
  if (event === '') throw refuse('The message does not say which event it is about', `${at}.event`);
  if (header.id === undefined || header.id === '')
    throw refuse('The MessageHeader has no id, so nothing could answer it', `${at}.id`);
  const content: FhirMessage['content'] = rest;
  const focus = list(header.focus).map((reference, index) => {
    const found = inMessage({ content }, reference);
    if (found === undefined)
      throw refuse(
        `focus names ${JSON.stringify(record(reference).reference)}, which is not in the message`,
        `${at}.focus[${index}]`,
      );
    return found;
  });
  const response = readResponse(header);
  return {
    bundle,
    ...(bundle.id === undefined ? {} : { bundleId: bundle.id }),
    header,
    headerId: header.id,
    event,
    source: text(record(header.source).endpoint),
    ...(response === undefined ? {} : { response }),
    content,
    focus,
  };
};

/** What a message is to say; ids are given, so that a message that is sent again is the same message. */
export interface MessageDraft {
  readonly bundleId: string;
  readonly headerId: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The sender's FHIR base, absolute: what resources are known by whose id is no UUID. */
  readonly base: string;
  readonly source: { readonly name: string; readonly endpoint: string };
  readonly destination: string;
  readonly response?: { readonly identifier: string; readonly code: 'ok' | 'transient-error' | 'fatal-error' };
  /** Further elements of the header, such as `reason`. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly focus: readonly FhirResource[];
  readonly beside?: readonly FhirResource[];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const fullUrlOf = (base: string, { resourceType, id = '' }: FhirResource): string =>
  UUID.test(id) ? `urn:uuid:${id}` : `${base}/${resourceType}/${id}`;

/** A Bundle of type message. Resources carry the ids that they are referred to by. */
export const writeMessage = (draft: MessageDraft): FhirResource => {
  const { base, at, focus, beside = [] } = draft;
  const header: FhirResource = {
    resourceType: 'MessageHeader',
    id: draft.headerId,
    eventCoding: draft.event,
    destination: [{ endpoint: draft.destination }],
    source: draft.source,
    ...draft.header,
    ...(draft.response === undefined ? {} : { response: draft.response }),
    ...(focus.length === 0 ? {} : { focus: focus.map((one) => ({ reference: fullUrlOf(base, one) })) }),
  };
  return {
    resourceType: 'Bundle',
    id: draft.bundleId,
    meta: { lastUpdated: new Date(at).toISOString() },
    type: 'message',
    timestamp: new Date(at).toISOString(),
    entry: [header, ...focus, ...beside].map((resource) => ({ fullUrl: fullUrlOf(base, resource), resource })),
  };
};
