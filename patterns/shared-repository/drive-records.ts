import { at, json, notMade, type Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { hear, listenForEvents } from './drive-available.ts';
import { idsOf } from './drive-reading.ts';

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
export type Body = Readonly<Record<string, unknown>>;

/** How records are driven in a dialect. */
export interface Manner {
  /** A record that may be created, where the profile brings none. */
  newRecord(session: Session): Body;
  /** The header that tells a version, and the one that names it as a condition. */
  readonly versionHeader: string;
  readonly conditionHeader: string;
  /** Whether a record is brought back on a condition, too. */
  readonly isReinstatedOnVersion: boolean;
  /** Steps of the dialect's own: once the record was changed, before it is deleted and after. */
  changed?(steps: Steps): Promise<void>;
  kept?(steps: Steps): Promise<void>;
  deleted?(steps: Steps): Promise<void>;
}

/** What they need: the record as it was created and where it is, and how another is made. */
export interface Steps {
  readonly session: Session;
  readonly path: string;
  readonly base: Body;
  readonly send: Send;
  another(): Body;
}

type Send = (
  step: string,
  method: string,
  path: string,
  body?: unknown,
  more?: Readonly<Record<string, string>>,
) => Promise<Observation>;

/** A record of our own, so that nobody else's is touched. */
const recordFor = (session: Session, manner: Manner): Body => ({
  ...(session.profile.record ?? manner.newRecord(session)),
  identifier: [{ system: SYSTEM, value: session.uuid() }],
});

const locationOf = ({ reply }: Observation, type: string): string | undefined =>
  new RegExp(`/${type}/([A-Za-z0-9.-]{1,64})(?:/|$)`).exec(reply?.headers.location ?? '')?.[1];

export const bodyOf = (observation: Observation): Body => {
  const value = observation.reply === undefined ? undefined : json({ ...observation, reply: observation.reply });
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

/** Everything about one record of our own, from its creation to its return. */
export const driveRecords = async (session: Session, manner: Manner): Promise<void> => {
  const { consentToWrite, credentials } = session.profile;
  if (!consentToWrite) {
    session.leaveOut(STEPS, 'nothing is written without consent (profile: consentToWrite, or --consent-to-write)');
    return;
  }
  const fresh = recordFor(session, manner);
  const type = String(fresh.resourceType);
  const send: Send = (step, method, path, body, more = {}) =>
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
  const based = (version: string) => ({ [manner.conditionHeader]: version });
  const versionOf = ({ reply }: Observation) => reply?.headers[manner.versionHeader];
  const first = await get('read');
  const version = versionOf(first) ?? '';
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
  const steps: Steps = { session, path, base, send, another: () => recordFor(session, manner) };
  const marked = (language: string) => ({ ...base, language });
  await send('update-current', 'PUT', path, marked('en-GB'), based(version));
  const current = await get('after-current');
  const now = versionOf(current) ?? version;
  await manner.changed?.(steps);
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
  const latest = versionOf(last) ?? now;
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
  await manner.kept?.(steps);
  await send('delete', 'DELETE', path);
  await get('read-deleted');
  await manner.deleted?.(steps);
  await send('reinstate', 'PUT', path, base, manner.isReinstatedOnVersion ? based(latest) : {});
  await get('read-reinstated');
  await send('clean-up', 'DELETE', path);
};
