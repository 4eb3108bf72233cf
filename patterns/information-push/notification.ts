import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { type Handling, handling } from '../../sandbox/fhir/itk.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { endpointOf, sourceOf } from './addresses.ts';
import { type Event, eventCoding } from './events.ts';

const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

/** What the patient's stay came to. */
export const encounterOf = (ctx: Ctx, patient: string, event: Event): FhirResource => ({
  resourceType: 'Encounter',
  id: ctx.uuid(),
  status: event === 'discharge-notification' ? 'finished' : 'in-progress',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP', display: 'inpatient encounter' },
  subject: { reference: `Patient/${patient}`, identifier: { system: NHS_NUMBER, value: patient } },
  period: {
    start: new Date(ctx.now() - 86_400_000).toISOString(),
    ...(event === 'discharge-notification' ? { end: new Date(ctx.now()).toISOString() } : {}),
  },
});

const documentOf = (ctx: Ctx, patient: string): FhirResource => ({
  resourceType: 'DocumentReference',
  id: ctx.uuid(),
  status: 'current',
  type: { text: 'Discharge letter' },
  subject: { reference: `Patient/${patient}`, identifier: { system: NHS_NUMBER, value: patient } },
  date: new Date(ctx.now()).toISOString(),
  content: [
    { attachment: { contentType: 'text/plain', data: Buffer.from('Seen, treated and sent home.').toString('base64') } },
  ],
});

/** The same, but not valid: without the status that it has to have (FHIR R4 encounter.html). */
export const unsound = ({ status: _status, ...rest }: FhirResource): FhirResource => ({
  ...rest,
  resourceType: rest.resourceType,
});

export interface Notice {
  readonly event: Event;
  readonly patient: string;
  readonly asked: readonly Handling[];
  /** The id of the message that this one corrects or withdraws (PSH-12). */
  readonly replaces?: string;
}

/** A notification as a FHIR message, addressed to the recipient. */
export const fhirNotice = (ctx: Ctx, { event, patient, asked, replaces }: Notice): { id: string; body: string } => {
  const id = ctx.uuid();
  const focus = event === 'document-notification' ? documentOf(ctx, patient) : encounterOf(ctx, patient, event);
  const related =
    replaces === undefined || focus.resourceType !== 'DocumentReference'
      ? {}
      : { relatesTo: [{ code: 'replaces', target: { identifier: { value: replaces } } }] };
  const bundle = writeMessage({
    bundleId: ctx.uuid(),
    headerId: id,
    event: eventCoding(event),
    at: ctx.now(),
    base: fhirBaseOf(ctx, 'sender') ?? '',
    source: sourceOf(ctx),
    destination: endpointOf(ctx, 'recipient'),
    header: { ...handling(asked), ...(replaces === undefined ? {} : { reason: { text: `Corrects ${replaces}` } }) },
    focus: [{ ...focus, ...related }],
    beside: [{ resourceType: 'Patient', id: patient, identifier: [{ system: NHS_NUMBER, value: patient }] }],
  });
  return { id, body: JSON.stringify(bundle) };
};
