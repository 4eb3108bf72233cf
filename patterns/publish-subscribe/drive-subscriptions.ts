import { driveIn } from '../../sandbox/conformance/drive.ts';
import { driveTokens, driveTypes } from '../../sandbox/conformance/drive-refusals.ts';
import type { Observation, Received } from '../../sandbox/conformance/evidence.ts';
import type { Listener } from '../../sandbox/conformance/listener.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { TOPIC_CANONICAL } from './extensions.ts';
import { listOf, parsed, textOf } from './parts.ts';
import { criteriaSubscription, topicSubscription } from './subscribing.ts';

const FHIR = { accept: 'application/fhir+json', 'content-type': 'application/fhir+json' };
const headersOf = (session: Session) => ({ ...FHIR, 'x-request-id': session.uuid() });
const TOPIC_STEPS = ['subscribe', 'read-active', 'subscribe-refusing', 'read-refused', 'read-refused-again'];
const STEPS = [
  'not-acceptable',
  'unsupported-body',
  'unsupported-channel',
  'unsupported-payload',
  'unsupported-filter',
  ...TOPIC_STEPS,
  'subscribe-criteria',
  'subscribe-other',
  'change',
  'change-refused',
  'status-after',
  'unsubscribe',
  'change-after',
];
const SHORT = 500;
const LOOKS = 10;

const idOf = ({ reply }: Observation): string | undefined =>
  reply !== undefined && reply.status < 300 ? textOf(parsed(reply.body), 'id') : undefined;
const came = (listener: Listener, path: string, word = ''): ((message: Received) => boolean) => {
  const url = `${listener.url}${path}`;
  return ({ request }) => request.url.startsWith(url) && (request.body ?? '').includes(word);
};

/** A topic about people that the target lists; any other of its topics where there is none. */
const topicIn = ({ reply }: Observation): string | undefined => {
  const resources = listOf(parsed(reply?.body ?? ''), 'rest').flatMap((rest) => listOf(rest, 'resource'));
  const subscription = resources.find((one) => textOf(one, 'type') === 'Subscription');
  const topics = listOf(subscription, 'extension')
    .filter((one) => textOf(one, 'url') === TOPIC_CANONICAL)
    .map((one) => textOf(one, 'valueCanonical') ?? '');
  return topics.find((topic) => /patient/i.test(topic)) ?? topics[0];
};

const post = (session: Session, step: string, resource: object): Promise<Observation> =>
  session.http(step, {
    method: 'POST',
    path: '/Subscription',
    headers: headersOf(session),
    body: JSON.stringify(resource),
  });

/** Reads until it is in a state other than requested, or ten times. */
const readSettled = async (session: Session, step: string, id: string): Promise<void> => {
  for (let look = 1; look <= LOOKS; look += 1) {
    const name = look === 1 ? step : `${step}-${look}`;
    const read = await session.http(name, { method: 'GET', path: `/Subscription/${id}`, headers: headersOf(session) });
    if (textOf(parsed(read.reply?.body ?? ''), 'status') !== 'requested') return;
    await session.pause(SHORT);
  }
};

/** A change that whoever asked for this person is to be told of: another line of the address. */
const change = async (session: Session, step: string, patient: string): Promise<void> => {
  const path = `/Patient/${patient}`;
  const read = await session.http(`${step}-read`, { method: 'GET', path, headers: headersOf(session) });
  const before = parsed(read.reply?.body ?? '');
  const address = [{ use: 'home', line: [`${step}, by a conformance run`], postalCode: 'LS1 4AP' }];
  const etag = read.reply?.headers.etag;
  await session.http(step, {
    method: 'PUT',
    path,
    headers: { ...headersOf(session), ...(etag === undefined ? {} : { 'if-match': etag }) },
    body: JSON.stringify({ ...(typeof before === 'object' ? before : {}), address }),
  });
};

const unsupported = async (session: Session, hook: string, topic: string | undefined): Promise<void> => {
  const plain = criteriaSubscription(hook, 'Patient', false);
  await post(session, 'unsupported-channel', {
    ...plain,
    channel: { type: 'sms', endpoint: 'tel:+441632960001' },
  });
  await post(session, 'unsupported-payload', {
    ...plain,
    channel: { type: 'rest-hook', endpoint: hook, payload: 'text/x-unheard-of' },
  });
  const filter =
    topic === undefined
      ? criteriaSubscription(hook, 'Patient?x-no-such-parameter=1', false)
      : topicSubscription(hook, { topic, filter: 'Patient?x-no-such-parameter=1', content: 'id-only', heartbeat: 0 });
  await post(session, 'unsupported-filter', filter);
};

const withTopic = async (session: Session, listener: Listener, topic: string) => {
  const wish = { topic, content: 'id-only', heartbeat: 0 };
  const made = idOf(await post(session, 'subscribe', topicSubscription(`${listener.url}/topic`, wish)));
  if (made !== undefined) {
    await listener.next(came(listener, '/topic', 'handshake'));
    await readSettled(session, 'read-active', made);
  }
  const refusing = idOf(await post(session, 'subscribe-refusing', topicSubscription(`${listener.url}/refuse`, wish)));
  if (refusing !== undefined) {
    await listener.next(came(listener, '/refuse', 'handshake'));
    await readSettled(session, 'read-refused', refusing);
  }
  return { made, refusing };
};

/** What a hub does about subscriptions, seen from a subscriber whose address is the run's own listener. */
export const drive = driveIn(['fhir-r4'], async (session: Session): Promise<void> => {
  const metadata = await session.http('metadata', { method: 'GET', path: '/metadata', headers: headersOf(session) });
  await driveTokens(session, { method: 'GET', path: '/Subscription?_count=1', headers: headersOf(session) });
  if (!session.profile.consentToWrite) {
    session.leaveOut(STEPS, 'a subscription is a write, and the profile does not consent to writing (consentToWrite)');
    return;
  }
  await driveTypes(session, '/Subscription');
  const patient = session.profile.ids.patient ?? '9000000009';
  const topic = topicIn(metadata);
  const listener = await session.listen('notice');
  let refuses = '/refuse';
  listener.answer(({ request }) => ({ status: request.url.startsWith(`${listener.url}${refuses}`) ? 503 : 200 }));
  await unsupported(session, `${listener.url}/unsupported`, topic);
  const none: { made?: string; refusing?: string } = {};
  const { made, refusing } = topic === undefined ? none : await withTopic(session, listener, topic);
  if (topic === undefined) session.leaveOut(TOPIC_STEPS, 'no topic is listed in the capability statement');
  const criteria = (id: string) => `Patient?_id=${id}`;
  const wish = (path: string, id: string) => criteriaSubscription(`${listener.url}${path}`, criteria(id), true);
  const matching = idOf(await post(session, 'subscribe-criteria', wish('/criteria', patient)));
  const other = idOf(await post(session, 'subscribe-other', wish('/other', 'nobody-has-this-id')));
  if (matching === undefined) session.leaveOut(['unsubscribe'], 'nothing was subscribed to by criteria');
  else await readSettled(session, 'read-criteria', matching);
  await change(session, 'change', patient);
  if (matching !== undefined) await listener.next(came(listener, '/criteria'));
  if (made !== undefined) {
    await listener.next(came(listener, '/topic', 'event-notification'));
    refuses = '/topic';
    await change(session, 'change-refused', patient);
    await listener.next(came(listener, '/topic', '"valueString":"2"'));
    await session.http('status-after', {
      method: 'GET',
      path: `/Subscription/${made}/$status`,
      headers: headersOf(session),
    });
  }
  const end = async (step: string, id: string | undefined) => {
    if (id !== undefined)
      await session.http(step, { method: 'DELETE', path: `/Subscription/${id}`, headers: headersOf(session) });
  };
  await end('unsubscribe', matching);
  await change(session, 'change-after', patient);
  await session.pause(2 * SHORT);
  if (refusing !== undefined) await readSettled(session, 'read-refused-again', refusing);
  await end('end-topic', made);
  await end('end-refusing', refusing);
  await end('end-other', other);
});
