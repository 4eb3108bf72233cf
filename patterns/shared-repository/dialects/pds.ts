import { requestStore } from '../../../sandbox/dialects/pds-requests.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import { seedPeople } from '../../../sandbox/seed/write.ts';
import { examplesFor } from '../examples.ts';
import { patched } from '../patching.ts';
import { type SharedWays, ways } from '../ways.ts';

const own: Partial<SharedWays> = {
  exampleRecord: 'Patient/9000000009',
  usualChange: (isFirst) =>
    isFirst ? { set: { gender: 'unknown' }, add: {} } : { set: { birthDate: '2010-10-23' }, add: {} },
  change: patched,
  search: (number) => ({ method: 'GET', path: `/FHIR/R4/Patient/${encodeURIComponent(number)}` }),
  asked: { readPatient: 'read', readRelatedPersons: 'read', searchPatients: 'search', patchPatient: 'update' },
  // The identifier of a record is its NHS number, which no update can touch.
  claimsIdentifiers: false,
  told: (_ctx, { id }) => ({
    source: 'uk.nhs.personal-demographics-service',
    type: 'pds-record-change-2',
    subject: id,
    filtering: { nhsnumber: id },
  }),
  ofSchool: ['Patient.RUS'],
};

/** People alone, by the dialect's own handlers; beside them it keeps the requests that it has answered. */
export const part: PatternPart = {
  stores: [requestStore],
  seed: async (ctx, options) => {
    if (ctx.participant.name === 'repository') await seedPeople(ctx, options);
  },
  examples: examplesFor(own),
  ways: ways.own(own),
};
