import { at, json, notMade, type Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { idsOf } from './drive.ts';
import { hear, listenForEvents } from './drive-available.ts';
import { newRecord, organisationIn } from './records.ts';

const STEPS = [
  'create',
  'read',
  'read-other',
  'create-again',
  'find-identifier',
  'update-current',
  'after-current',
  'read-before',
  'update-stale',
  'after-stale',
  'update-other-id',
  'update-other-identifier',
  'after-other-identifier',
  'update-without-right',
  'after-without-right',
  'contributions',
  'batch',
  'delete',
  'read-deleted',
  'history-deleted',
  'reinstate',
  'read-reinstated',
];
const SYSTEM = 'https://integration.example/id/conformance-run';
type Body = Readonly<Record<string, unknown>>;

/** A record of our own, so that nobody else's is touched. */
const recordFor = (session: Session): Body => {
  const identifier = [{ system: SYSTEM, value: session.uuid() }];
  const { record } = session.profile;
  if (record !== undefined) return { ...record, identifier };
  const by = organisationIn(session.dialect, 'contributor');
  const made = newRecord(session.dialect, {
    by,
    value: session.uuid(),
    patient: '9990000026',
    at: Date.UTC(2026, 0, 5),
  });
  // Whose it is, plain FHIR need not know: the patient is named, and not referred to.
  const subject = session.dialect === 'imms' ? {} : { subject: { display: 'Synthetic' } };
  return { ...made, ...subject, identifier };
};

const locationOf = ({ reply }: Observation, type: string): string | undefined =>
  new RegExp(`/${type}/([A-Za-z0-9.-]{1,64})(?:/|$)`).exec(reply?.headers.location ?? '')?.[1];

/** The version as the dialect tells it, in the form in which it is asked for. */
const versionOf = (session: Session, { reply }: Observation): string | undefined =>
  session.dialect === 'imms' ? reply?.headers['e-tag'] : reply?.headers.etag;

const bodyOf = (observation: Observation): Body => {
  const value = observation.reply === undefined ? undefined : json({ ...observation, reply: observation.reply });
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

/** Everything about one record of our own, from its creation to its return. */
export const driveRecords = async (session: Session): Promise<void> => {
  const { consentToWrite, credentials } = session.profile;
  if (!consentToWrite) {
    session.leaveOut(STEPS, 'nothing is written without consent (profile: consentToWrite, or --consent-to-write)');
    return;
  }
  const fresh = recordFor(session);
  const type = String(fresh.resourceType);
  const send = (
    step: string,
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ) =>
    session.http(step, {
      method,
      path,
      headers: {
        ...idsOf(session),
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const listener = await listenForEvents(session);
  const created = await send('create', 'POST', `/${type}`, fresh);
  const id = locationOf(created, type);
  if (created.reply?.status !== 201 || id === undefined) {
    session.leaveOut(STEPS.slice(1), `a record of our own could not be created (${notMade(created)})`);
    return;
  }
  await hear(session, listener, id);
  const path = `/${type}/${id}`;
  const get = (step: string) => send(step, 'GET', path);
  const based = (version: string) => (session.dialect === 'imms' ? { 'e-tag': version } : { 'if-match': version });
  const first = await get('read');
  const version = versionOf(session, first) ?? '';
  if (credentials.other === undefined)
    session.leaveOut(['read-other'], 'the profile has no second organisation (credentials.other)');
  else await send('read-other', 'GET', path, undefined, { authorization: credentials.other });
  await send('create-again', 'POST', `/${type}`, fresh);
  const identifier = at(fresh, 'identifier', 0, 'value');
  await send(
    'find-identifier',
    'GET',
    `/${type}?${new URLSearchParams({ identifier: `${SYSTEM}|${String(identifier)}` })}`,
  );
  const base = bodyOf(first);
  const marked = (language: string) => ({ ...base, language });
  await send('update-current', 'PUT', path, marked('en-GB'), based(version));
  const current = await get('after-current');
  const now = versionOf(session, current) ?? version;
  if (session.dialect === 'fhir-r4')
    await send('read-before', 'GET', `${path}/_history/${String(at(base, 'meta', 'versionId'))}`);
  await send('update-stale', 'PUT', path, marked('cy'), based(version));
  await get('after-stale');
  await send('update-other-id', 'PUT', path, { ...base, id: session.uuid() }, based(now));
  await send(
    'update-other-identifier',
    'PUT',
    path,
    { ...base, identifier: [{ system: SYSTEM, value: session.uuid() }] },
    based(now),
  );
  const last = await get('after-other-identifier');
  const latest = versionOf(session, last) ?? now;
  if (credentials.withoutRight === undefined)
    session.leaveOut(
      ['update-without-right', 'after-without-right'],
      'the profile has no credential without the right (credentials.withoutRight)',
    );
  else {
    await send('update-without-right', 'PUT', path, marked('fr'), {
      ...based(latest),
      authorization: credentials.withoutRight,
    });
    await get('after-without-right');
  }
  if (session.dialect === 'fhir-r4') {
    await send('contributions', 'GET', `/Provenance?${new URLSearchParams({ target: `${type}/${id}` })}`);
    await batch(session, send, recordFor(session));
  }
  await send('delete', 'DELETE', path);
  await get('read-deleted');
  if (session.dialect === 'fhir-r4') await send('history-deleted', 'GET', `${path}/_history`);
  await send('reinstate', 'PUT', path, base, session.dialect === 'imms' ? based(latest) : {});
  await get('read-reinstated');
  await send('clean-up', 'DELETE', path);
};

type Send = (step: string, method: string, path: string, body?: unknown) => Promise<Observation>;

/** One entry that can be done, and one that cannot: it is no resource. */
const batch = async (session: Session, send: Send, good: Body): Promise<void> => {
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
