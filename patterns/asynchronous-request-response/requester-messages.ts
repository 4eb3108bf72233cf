import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { handling } from '../../sandbox/fhir/itk.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { checksumOf } from '../../sandbox/mailboxes/client.ts';
import type { Ctx, Outgoing } from '../../sandbox/pattern.ts';
import { eventCoding, isBars, type Request, reasonOf } from './events.ts';
import { isMesh, mailboxOf, WORKFLOW } from './mesh-mailboxes.ts';
import { keepRequest, type OpenRequest } from './open-requests.ts';
import { destinationOf, PROCESS_MESSAGE, sourceOf } from './respond.ts';

/** How long the requester waits for a final answer before it shows the request to somebody: the agreed time of service. */
export const SERVICE_TIME = 2 * 86_400_000;

const FHIR_JSON = 'application/fhir+json';

/** BaRS, NHSD-Target-Identifier: base64 of the service that is meant. */
const target = Buffer.from(
  JSON.stringify({ system: 'https://fhir.nhs.uk/id/dos-service-id', value: '2000099999' }),
).toString('base64');

const patientOf = (number: string): FhirResource => ({
  resourceType: 'Patient',
  id: number,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }],
});

export const referralOf = (ctx: Ctx, id: string, patient: string, reason: string): FhirResource => ({
  resourceType: 'ServiceRequest',
  id,
  status: 'active',
  intent: 'order',
  priority: 'routine',
  code: { text: 'Referral' },
  subject: {
    reference: `${fhirBaseOf(ctx, 'requester')}/Patient/${patient}`,
    identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: patient },
  },
  authoredOn: new Date(ctx.now()).toISOString(),
  reasonCode: [{ text: reason }],
});

export interface Wanted {
  readonly event: Request;
  readonly reason: 'new' | 'update' | 'delete';
  readonly focus: FhirResource;
  readonly patient: string;
  /** Of the conversation that it belongs to; a new one unless told. */
  readonly correlation?: string;
}

export const keep = async (
  ctx: Ctx,
  request: Omit<OpenRequest, 'seq' | 'state' | 'answers' | 'due'>,
): Promise<OpenRequest> =>
  ctx.transaction(async (tx) => {
    const due = ctx.now() + SERVICE_TIME;
    const kept = await keepRequest(ctx, tx, { ...request, due });
    await ctx.schedule(tx, { name: 'overdue', due, data: { request: kept.seq } });
    return kept;
  });

/** To the provider's mailbox; what the sender calls it is by what a report names it. */
const mail = (local: string, bundle: FhirResource): Outgoing => {
  const body = JSON.stringify(bundle);
  return {
    method: 'POST',
    path: `/messageexchange/${mailboxOf('requester')}/outbox`,
    headers: {
      'content-type': FHIR_JSON,
      accept: 'application/vnd.mesh.v2+json',
      'mex-from': mailboxOf('requester'),
      'mex-to': mailboxOf('provider'),
      'mex-workflowid': WORKFLOW,
      'mex-localid': local,
      'mex-filename': `${local}.json`,
      'mex-content-checksum': checksumOf(body),
    },
    body,
  };
};

/** Makes a message and keeps it with its ids, so that it is the same message whenever it is sent. */
export const keepMessage = async (ctx: Ctx, wanted: Wanted): Promise<OpenRequest> => {
  const { event, reason, focus, patient, correlation = ctx.uuid() } = wanted;
  const message = ctx.uuid();
  const header = ctx.uuid();
  const bundle = writeMessage({
    bundleId: message,
    headerId: header,
    event: eventCoding(event),
    at: ctx.now(),
    base: fhirBaseOf(ctx, 'requester') ?? '',
    source: sourceOf(ctx),
    destination: destinationOf(ctx, 'provider'),
    header: { ...reasonOf(reason), ...(isMesh(ctx) ? handling(['InfAckRequested', 'BusAckRequested']) : {}) },
    focus: [focus],
    beside: [patientOf(patient)],
  });
  if (isMesh(ctx))
    return keep(ctx, { message, header, correlation: header, event, way: 'message', sent: mail(header, bundle) });
  const sent: Outgoing = {
    method: 'POST',
    path: isBars(ctx) ? PROCESS_MESSAGE : `${PROCESS_MESSAGE}?async=true`,
    headers: {
      accept: FHIR_JSON,
      'content-type': FHIR_JSON,
      'x-request-id': ctx.uuid(),
      'x-correlation-id': correlation,
      ...(isBars(ctx) ? { 'nhsd-target-identifier': target } : {}),
    },
    body: JSON.stringify(bundle),
  };
  return keep(ctx, { message, header, correlation, event, way: 'message', sent });
};

/** The same referral over REST, answered at a status address: FHIR R4 async.html. */
export const keepAsyncCreate = async (ctx: Ctx, referral: FhirResource): Promise<OpenRequest> => {
  const correlation = ctx.uuid();
  const { id: _, ...body } = referral;
  const sent: Outgoing = {
    method: 'POST',
    path: '/FHIR/R4/ServiceRequest',
    headers: {
      accept: FHIR_JSON,
      'content-type': FHIR_JSON,
      prefer: 'respond-async',
      'x-request-id': ctx.uuid(),
      'x-correlation-id': correlation,
    },
    body: JSON.stringify(body),
  };
  return keep(ctx, {
    message: ctx.uuid(),
    header: ctx.uuid(),
    correlation,
    event: 'servicerequest-request',
    way: 'status',
    sent,
  });
};
