import { driveIn } from '../../sandbox/conformance/drive.ts';
import { driveTypes } from '../../sandbox/conformance/drive-refusals.ts';
import { at } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { carePlan } from './care-plan.ts';
import { driveReading, idsOf } from './drive-reading.ts';
import { bodyOf, driveRecords, type Manner, type Steps } from './drive-records.ts';
import { writesAs } from './organisations.ts';

/** One entry that can be done, and one that cannot: it is no resource. */
const batch = async ({ session, send, another }: Steps): Promise<void> => {
  const good = another();
  const type = String(good.resourceType);
  const entry = [
    { request: { method: 'POST', url: type }, resource: good },
    { request: { method: 'POST', url: type }, resource: { ...good, identifier: 'not a list' } },
  ];
  const answered = await send('batch', 'POST', '', { resourceType: 'Bundle', type: 'batch', entry });
  const location = at(bodyOf(answered), 'entry', 0, 'response', 'location');
  const id = typeof location === 'string' ? new RegExp(`${type}/([A-Za-z0-9.-]{1,64})`).exec(location)?.[1] : undefined;
  if (id === undefined) {
    session.leaveOut(['after-batch'], 'the batch told of no record that it made');
    return;
  }
  await send('after-batch', 'GET', `/${type}/${id}`);
  await send('clean-up-batch', 'DELETE', `/${type}/${id}`);
};

const manner: Manner = {
  // Whose it is, it need not know: the patient is named, and not referred to.
  newRecord: (session) => ({
    ...carePlan({ by: writesAs('contributor'), value: session.uuid(), at: Date.UTC(2026, 0, 5) }),
    subject: { display: 'Synthetic' },
  }),
  versionHeader: 'etag',
  conditionHeader: 'if-match',
  isReinstatedOnVersion: false,
  changed: async ({ send, path, base }) => {
    await send('read-before', 'GET', `${path}/_history/${String(at(base, 'meta', 'versionId'))}`);
  },
  kept: async (steps) => {
    await steps.send('contributions', 'GET', `/Provenance?${new URLSearchParams({ target: steps.path.slice(1) })}`);
    await batch(steps);
  },
  deleted: async ({ send, path }) => {
    await send('history-deleted', 'GET', `${path}/_history`);
  },
};

/** Plain FHIR: records, their versions before, and who contributed them. */
export const drive = driveIn(['fhir-r4'], async (session: Session) => {
  await session.http('metadata', { method: 'GET', path: '/metadata', headers: idsOf(session) });
  await driveTypes(session, '/Patient');
  await driveReading(session, { unknown: '/CarePlan/conformance-nobody-has-this-id', plain: '/Patient?_count=1' });
  await driveRecords(session, manner);
});
