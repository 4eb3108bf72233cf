import { describe, expect, it } from 'vitest';
import type { Ctx } from '../pattern.ts';
import { ProblemError } from '../problem.ts';
import { inMessage, type MessageDraft, readMessage, writeMessage } from './message.ts';
import type { FhirResource } from './stored.ts';

// Reading looks at nothing else of a context.
const ctx = { store: 1, allowRealNhsNumbers: false } as Ctx;
const REFERRAL: FhirResource = {
  resourceType: 'ServiceRequest',
  id: '236bb75d-90ef-461f-b71e-fde7f899802c',
  status: 'active',
  intent: 'order',
  subject: { reference: 'http://here/FHIR/R4/Patient/9000000009' },
};
const PATIENT: FhirResource = { resourceType: 'Patient', id: '9000000009' };
const draft: MessageDraft = {
  bundleId: '79120f41-a431-4f08-bcc5-1e67006fcae0',
  headerId: '1cbdfb97-5859-48a4-8301-d54eab818d68',
  event: { system: 'urn:events', code: 'servicerequest-request' },
  at: 0,
  base: 'http://here/FHIR/R4',
  source: { name: 'Here', endpoint: 'http://here/FHIR/R4/$process-message' },
  destination: 'http://there/FHIR/R4/$process-message',
  focus: [REFERRAL],
  beside: [PATIENT],
};

const refusal = (
  change: (bundle: { type?: string; entry: { resource: Record<string, unknown> }[] }) => void,
): string => {
  const bundle = JSON.parse(JSON.stringify(writeMessage(draft)));
  change(bundle);
  try {
    readMessage(ctx, bundle);
  } catch (error) {
    if (error instanceof ProblemError) return String(error.faults[0]?.at);
    throw error;
  }
  return 'accepted';
};

describe('a FHIR message', () => {
  it('is read as it was written', () => {
    const read = readMessage(ctx, writeMessage({ ...draft, response: { identifier: 'x', code: 'ok' } }));
    expect(read).toMatchObject({
      bundleId: draft.bundleId,
      headerId: draft.headerId,
      event: 'servicerequest-request',
      source: 'http://here/FHIR/R4/$process-message',
      response: { identifier: 'x', code: 'ok' },
      focus: [REFERRAL],
    });
    expect(inMessage(read, REFERRAL.subject)).toMatchObject(PATIENT);
  });

  it('has no response where it answers nothing', () => {
    expect(readMessage(ctx, writeMessage(draft)).response).toBeUndefined();
  });

  it('is refused at the place of what it lacks', () => {
    expect(refusal(() => undefined)).toBe('accepted');
    expect(refusal((bundle) => bundle.entry.shift())).toBe('Bundle');
    expect(refusal((bundle) => delete bundle.entry[0]?.resource.id)).toBe('Bundle.entry[0].resource.id');
    expect(refusal((bundle) => bundle.entry.splice(1, 1))).toBe('Bundle.entry[0].resource.focus[0]');
    expect(refusal((bundle) => Object.assign(bundle, { type: 'collection' }))).toBe('Bundle.type');
  });
});
