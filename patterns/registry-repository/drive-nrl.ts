import { driveIn } from '../../sandbox/conformance/drive.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { headerOf, identifier, type Manner, ODS, search } from './drive-pointer.ts';
import { driveReads } from './drive-reads.ts';
import { driveWrites, onPointer } from './drive-writes.ts';

const ODS_HEADER = 'nhsd-end-user-organisation-ods';
/** What is used where the profile names nothing: codes that are nobody's. */
const OWN_ODS = 'X99199';
const OTHER_ODS = 'X99198';
const MALFORMED = 'https://fhir.nhs.uk/Id/nhs-number|9000000000';

/** The target is what both APIs lie below: `…/record-locator`. The organisation for which is called is the custodian. */
const manner: Manner = {
  pointersAt: (side) => `/${side}/FHIR/R4/DocumentReference`,
  headers: (session) => (headerOf(session, ODS_HEADER) === undefined ? { [ODS_HEADER]: OWN_ODS } : {}),
  custodian: (session) => ({ system: ODS, value: headerOf(session, ODS_HEADER) ?? OWN_ODS }),
  otherCustodian: ({ profile }) => identifier(profile.ids.otherCustodian ?? OTHER_ODS, ODS),
  always: {},
  search: (query) => ({ type: 'application/json', body: JSON.stringify(Object.fromEntries(query)) }),
};

/** The National Record Locator. */
export const drive = driveIn(['nrl'], async (asked: Session) => {
  const session = { ...asked, manner };
  await driveReads(session);
  await search(session, 'read-malformed', { 'subject:identifier': MALFORMED });
  await driveWrites(session, {
    steps: ['delete-other'],
    // An id that says whose it would be, and that nobody has.
    drive: async () => {
      const prefix = manner.otherCustodian(session)?.value ?? '';
      await onPointer(session, 'delete-other', 'DELETE', `${prefix}-${session.uuid()}`);
    },
  });
});
