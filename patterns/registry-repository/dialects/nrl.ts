import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { AUDIT, AUDITS, composed, retrieve } from '../retrieve-document.ts';
import { ways } from '../ways.ts';

const searchAudits = composed(AUDITS, 'searchType');

/** The registry by the dialect's own handlers; repositories at its paths, and both as the National Record Locator is asked. */
export const part: PatternPart = {
  handlers: {
    retrieveDocument: retrieve,
    searchAudit: (call, ctx) => searchAudits({ ...call, params: { type: AUDIT } }, ctx),
  },
  ways: ways.own({
    pointersAt: (side) => `/record-locator/${side}/FHIR/R4/DocumentReference`,
    accept: 'application/fhir+json;version=1',
    headersOf: ({ identifier }) => ({ 'nhsd-end-user-organisation-ods': identifier.value }),
    search: (query) => ({ type: 'application/json', body: JSON.stringify(query) }),
  }),
};
