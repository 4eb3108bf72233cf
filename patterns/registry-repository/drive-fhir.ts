import { driveIn } from '../../sandbox/conformance/drive.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { base, headers, identifier, type Manner, ODS, person } from './drive-pointer.ts';
import { driveReads } from './drive-reads.ts';
import { driveWrites } from './drive-writes.ts';

const OWN_CUSTODIAN = 'https://integration.example/id/conformance|FPCONF';

/** Only who is asked knows of an organisation for which the run may not register. */
const manner: Manner = {
  pointersAt: () => '/DocumentReference',
  headers: () => ({}),
  custodian: ({ profile }) => identifier(profile.ids.custodian ?? OWN_CUSTODIAN, ODS),
  otherCustodian: ({ profile: { ids } }) =>
    ids.otherCustodian === undefined ? undefined : identifier(ids.otherCustodian, ODS),
  always: { status: 'current' },
  search: (query) => ({ type: 'application/x-www-form-urlencoded', body: query.toString() }),
};

/** Plain FHIR. */
export const drive = driveIn(['fhir-r4'], async (asked: Session) => {
  const session = { ...asked, manner };
  await session.http('metadata', { method: 'GET', path: '/metadata', headers: headers(session) });
  const path = `${base(session, 'consumer')}?${new URLSearchParams({ 'subject:identifier': person(session) })}`;
  const asking = { ...headers(session), accept: 'image/png' };
  await session.http('not-acceptable', { method: 'GET', path, headers: asking });
  await driveReads(session);
  await driveWrites(session, {
    steps: ['unsupported-body'],
    drive: async () => {
      await session.http('unsupported-body', {
        method: 'POST',
        path: base(session, 'producer'),
        headers: { ...headers(session), 'content-type': 'text/plain' },
        body: 'not FHIR',
      });
      session.leaveOut(['delete-other'], 'plain FHIR answers the deletion of what is not there like any other');
    },
  });
});
