import type { Observation } from '../../sandbox/conformance/evidence.ts';
import type { Listener } from '../../sandbox/conformance/listener.ts';
import type { Session, StepRequest } from '../../sandbox/conformance/session.ts';
import { type Handling, handling } from '../../sandbox/fhir/itk.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { type Event, eventCoding } from './events.ts';
import { unsound } from './notification.ts';

/** Below the target, which is a FHIR base. */
export const PROCESS_MESSAGE = '/$process-message';
const FHIR_JSON = 'application/fhir+json';
const RUN = 'https://integration.example/id/conformance-run';
const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

/** A notification of the run, with what it is recognised by. */
export interface Notified {
  readonly header: string;
  readonly request: string;
  /** Of the Encounter that it brings, as a search parameter. */
  readonly identifier: string;
  readonly body: string;
}

interface Asked {
  readonly event: Event | 'unheard-of-notification';
  readonly asked?: readonly Handling[];
  readonly sound?: boolean;
}

const encounterFor = (session: Session, value: string): FhirResource => ({
  resourceType: 'Encounter',
  id: session.uuid(),
  identifier: [{ system: RUN, value }],
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  subject: { identifier: { system: NHS_NUMBER, value: session.profile.ids.patient ?? '9000000009' } },
  period: { start: '2026-01-04T09:00:00Z', end: '2026-01-05T09:00:00Z' },
});

/** A notification whose acknowledgements are to come to the run's own listener. */
export const notice = (
  session: Session,
  listener: Pick<Listener, 'url'>,
  { event, asked = [], sound = true }: Asked,
): Notified => {
  const header = session.uuid();
  const value = session.uuid();
  const encounter = encounterFor(session, value);
  const bundle = writeMessage({
    bundleId: session.uuid(),
    headerId: header,
    event: { ...eventCoding('discharge-notification'), code: event },
    at: Date.parse('2026-01-05T09:00:00Z'),
    base: listener.url,
    source: { name: 'Conformance run', endpoint: `${listener.url}/$process-message` },
    destination: `${session.target}/$process-message`,
    header: handling(asked),
    focus: [sound ? encounter : unsound(encounter)],
  });
  return { header, request: session.uuid(), identifier: `${RUN}|${value}`, body: JSON.stringify(bundle) };
};

export const requestOf = ({ request, body }: Notified): StepRequest => ({
  method: 'POST',
  path: PROCESS_MESSAGE,
  headers: { accept: FHIR_JSON, 'content-type': FHIR_JSON, 'x-request-id': request },
  body,
});

export const send = (session: Session, step: string, notified: Notified): Promise<Observation> =>
  session.http(step, requestOf(notified));

/** Whether the target has what the notification brought; a system need not show it that way. */
export const lookFor = (session: Session, step: string, { identifier }: Notified): Promise<Observation> =>
  session.http(step, {
    method: 'POST',
    path: '/Encounter/_search',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-request-id': session.uuid() },
    body: new URLSearchParams({ identifier }).toString(),
  });
