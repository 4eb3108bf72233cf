import type { Listener } from '../../sandbox/conformance/listener.ts';
import type { Session, StepRequest } from '../../sandbox/conformance/session.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { eventCoding, reasonOf } from './events.ts';

const FHIR_JSON = 'application/fhir+json';

/** A message of the run, with the ids that it is recognised by. */
export interface Asked {
  readonly bundle: string;
  readonly header: string;
  readonly request: string;
  readonly correlation: string;
  readonly referral: FhirResource;
  readonly body: string;
}

export const patientOf = ({ profile }: Session): string => profile.ids.patient ?? '9000000009';

export const referralFor = (session: Session, patient: string, status = 'active'): FhirResource => ({
  resourceType: 'ServiceRequest',
  id: session.uuid(),
  status,
  intent: 'order',
  subject: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: patient } },
  reasonCode: [{ text: 'Sent by a conformance run' }],
});

/** A referral as a message whose answer is to come to the run's own listener. */
export const message = (
  session: Session,
  listener: Pick<Listener, 'url'>,
  referral: FhirResource,
  correlation = session.uuid(),
): Asked => {
  const bundle = session.uuid();
  const header = session.uuid();
  const made = writeMessage({
    bundleId: bundle,
    headerId: header,
    event: eventCoding('servicerequest-request'),
    at: Date.parse('2026-01-05T09:00:00Z'),
    base: listener.url,
    source: { name: 'Conformance run', endpoint: `${listener.url}/$process-message` },
    destination: `${session.target}/$process-message`,
    header: reasonOf(referral.status === 'revoked' ? 'delete' : 'new'),
    focus: [referral],
  });
  return { bundle, header, request: session.uuid(), correlation, referral, body: JSON.stringify(made) };
};

export const requestOf = (path: string, asked: Asked, without: readonly string[] = []): StepRequest => {
  const headers = {
    accept: FHIR_JSON,
    'content-type': FHIR_JSON,
    'x-request-id': asked.request,
    'x-correlation-id': asked.correlation,
  };
  return {
    method: 'POST',
    path,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !without.includes(name))),
    body: asked.body,
  };
};
