import type { Reply } from '../pattern.ts';

export const NRL_TYPE = 'application/fhir+json;version=1';

/** Of the code: what went well is said in codes of its own. The code's system is ValueSet/NRL-ResponseCode. */
const SYSTEM = 'https://fhir.nhs.uk/CodeSystem/NRLF-ResponseCode';
const DONE = {
  RESOURCE_CREATED: ['Resource created', 'The document has been created'],
  RESOURCE_SUPERSEDED: [
    'Resource created and resource(s) deleted',
    'The document has been superseded by a new version',
  ],
  RESOURCE_UPDATED: ['Resource updated', 'The DocumentReference has been updated'],
  RESOURCE_DELETED: ['Resource deleted', 'The requested DocumentReference has been deleted'],
} as const;

/** A change is answered by an outcome, never by the pointer. */
export const done = (
  status: number,
  code: keyof typeof DONE,
  headers: Readonly<Record<string, string>> = {},
): Reply => {
  const [display, diagnostics] = DONE[code];
  const details = { coding: [{ system: SYSTEM, code, display }] };
  return {
    status,
    headers: { 'content-type': NRL_TYPE, ...headers },
    body: JSON.stringify({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'information', code: 'informational', details, diagnostics }],
    }),
  };
};
