import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { eventCoding, type Request, reasonOf } from './events.ts';
import { keepRequest, type OpenRequest } from './open-requests.ts';
import { destinationOf, sourceOf } from './respond.ts';
import { ways } from './ways.ts';

/** How long the requester waits for a final answer before it shows the request to somebody: the agreed time of service. */
export const SERVICE_TIME = 2 * 86_400_000;

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
    header: { ...reasonOf(reason), ...ways.in(ctx).header },
    focus: [focus],
    beside: [patientOf(patient)],
  });
  const sending = ways.in(ctx).sentAs(ctx, { header, correlation, bundle });
  return keep(ctx, { message, header, event, way: 'message', ...sending });
};
