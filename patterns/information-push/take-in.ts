import { member } from '../../sandbox/act-values.ts';
import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { relinked } from '../../sandbox/fhir/bundle/links.ts';
import { asksFor } from '../../sandbox/fhir/itk.ts';
import { type FhirMessage, writeMessage } from '../../sandbox/fhir/message.ts';
import { find, update } from '../../sandbox/fhir/repository.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx, Reply } from '../../sandbox/pattern.ts';
import { CONFLICT, type Problem, problem } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { endpointOf, sourceOf } from './addresses.ts';
import { ACK, eventCoding, isEvent, REPORT } from './events.ts';
import { UNKNOWN_EVENT } from './problems.ts';
import { receive, type Via } from './received.ts';
import { noteReport } from './sent.ts';

const DUPLICATE: Problem = {
  ...CONFLICT,
  condition: 'duplicate-message',
  title: 'It is here already',
  issue: 'duplicate',
};

/** What a notification may bring along; people are matched by id, and what is known of them is not overwritten. */
const KEPT = new Set([
  'DocumentReference',
  'Encounter',
  'Condition',
  'Observation',
  'Procedure',
  'Communication',
  'Composition',
]);

const keep = async (ctx: Ctx, tx: Tx, message: FhirMessage): Promise<void> => {
  const writing = forWriting(ctx, [fhirBaseOf(ctx, ctx.participant.name) ?? ''], undefined);
  const named = new Map<string, string>();
  for (const { fullUrl, resource } of message.content)
    if (resource.id !== undefined) named.set(fullUrl, `${resource.resourceType}/${resource.id}`);
  for (const { resource } of message.content) {
    const { resourceType, id } = resource;
    if (id === undefined || !(KEPT.has(resourceType) || resourceType === 'Patient')) continue;
    if (resourceType === 'Patient' && (await find(ctx, tx, 'Patient', id)) !== undefined) continue;
    await update(
      writing,
      tx,
      id,
      relinked(resource, (link) => named.get(link)),
    );
  }
};

const aboutOf = ({ focus, event }: FhirMessage): string => {
  const [first] = focus;
  return first === undefined ? event : `${first.resourceType}/${String(first.id)}`;
};

/** The NHS number of whom a message is about; empty where it names nobody. */
export const whomOf = ({ content }: FhirMessage): string => {
  const patient = content.find(({ resource }) => resource.resourceType === 'Patient')?.resource;
  const [first] = Array.isArray(patient?.identifier) ? patient.identifier : [];
  return String(member(first, 'value') ?? '');
};

/** An infrastructure acknowledgement, where one was asked for, goes back through the exchange; nothing acknowledges it (PSH-11). */
const acknowledge = async (ctx: Ctx, tx: Tx, message: FhirMessage, { event }: { event: string }): Promise<void> => {
  const body: FhirResource = writeMessage({
    bundleId: ctx.uuid(),
    headerId: ctx.uuid(),
    event: { ...eventCoding(REPORT), code: `${event}${ACK}` },
    at: ctx.now(),
    base: fhirBaseOf(ctx, ctx.participant.name) ?? '',
    source: sourceOf(ctx),
    destination: endpointOf(ctx, 'sender'),
    response: { identifier: message.headerId, code: 'ok' },
    focus: [],
  });
  await ctx.enqueue(tx, {
    consumer: 'hand-over',
    to: ctx.participant.name,
    contentType: 'application/fhir+json',
    headers: { 'x-request-id': ctx.uuid(), about: whomOf(message) },
    body: JSON.stringify(body),
  });
};

/** Stores what a notification brings, in the transaction of whatever else comes of it; false where it is here already. */
export const keepOnce = async (ctx: Ctx, tx: Tx, message: FhirMessage, via: Via): Promise<boolean> => {
  const { event, headerId } = message;
  const fresh = await receive(ctx, tx, { message: headerId, event, via, about: aboutOf(message) });
  if (fresh) await keep(ctx, tx, message);
  return fresh;
};

const takeNotification = async (ctx: Ctx, message: FhirMessage, via: Via): Promise<void> => {
  const { event, headerId, header } = message;
  const known = await ctx.transaction(async (tx) => {
    if (!(await keepOnce(ctx, tx, message, via))) return true;
    if (asksFor(header, 'InfAckRequested')) await acknowledge(ctx, tx, message, { event });
    return false;
  });
  if (known) throw problem(DUPLICATE, `The message ${headerId} has been stored already`);
};

/** A message that was brought to a party: stored safely first, and then answered (PSH-03, PSH-04). */
export const takeIn = async (ctx: Ctx, message: FhirMessage, via: Via = 'http'): Promise<Reply> => {
  const { event, response, header } = message;
  if (response !== undefined) {
    const { reason } = header;
    const text = typeof reason === 'object' && reason !== null && 'text' in reason ? String(reason.text) : undefined;
    await ctx.transaction((tx) =>
      noteReport(ctx, tx, response.identifier, event === REPORT ? 'not-delivered' : 'acknowledged', text),
    );
    return { status: 200 };
  }
  if (ctx.participant.name !== 'recipient' || !isEvent(event))
    throw problem(UNKNOWN_EVENT, `${JSON.stringify(event.slice(0, 80))} is not taken here`, {
      at: 'Bundle.entry[0].resource.event',
    });
  await takeNotification(ctx, message, via);
  return { status: 200 };
};
