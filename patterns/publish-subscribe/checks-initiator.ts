import { type Check, fail, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import {
  brief,
  type JournalEvidence,
  parsed,
  pathOf,
  type SeenExchange,
  sentBy,
  sentTo,
} from '../../sandbox/conformance/journal-evidence.ts';
import { extensionsOf, HEARTBEAT_PERIOD } from './extensions.ts';
import { partOf, textOf } from './parts.ts';
import { type Notification, readNotification } from './read-notification.ts';

const SHOWN = 10;
const ids = (exchanges: readonly SeenExchange[]): string[] => exchanges.slice(0, SHOWN).map(({ id }) => id);

const asksForOne = (one: SeenExchange): boolean =>
  one.request.method === 'POST' && /\/subscriptions?$/i.test(pathOf(one).split('?')[0] ?? '');

/** What was brought to it, to any of its addresses. */
const deliveries = (evidence: JournalEvidence): readonly SeenExchange[] =>
  sentTo(evidence).filter(({ from, request }) => from === 'broker' && /^(?:POST|PUT)$/.test(request.method));

const asked = (evidence: JournalEvidence): Judgement => {
  const requests = sentBy(evidence).filter(asksForOne);
  for (const one of requests) {
    const body = parsed(one.request);
    const lacking = [['status'], ['criteria'], ['channel', 'type'], ['channel', 'endpoint']].find(
      (path) => textOf(body, ...path) === undefined,
    );
    if (lacking !== undefined) return fail(`${brief(one)}: the Subscription has no ${lacking.join('.')}.`, one.id);
    const status = textOf(body, 'status');
    if (status !== 'requested') return fail(`${brief(one)}: the Subscription was sent in status ${status}.`, one.id);
  }
  return requests.length === 0 ? skip('it has asked for no subscription') : passOn(...ids(requests));
};

/** By what two deliveries are of the same event: the record and version, or the subscription and number. */
const eventOf = (one: SeenExchange): string | undefined => {
  const body = parsed(one.request);
  const notification = readNotification(body);
  if (notification !== undefined)
    return notification.events[0] && `${pathOf(one)} ${notification.events.map(({ number }) => number).join()}`;
  const version = textOf(body, 'meta', 'versionId');
  return version && `${pathOf(one)} ${version}`;
};

const isTaken = ({ reply }: SeenExchange): boolean => reply !== undefined && reply.status < 300;

const bears = (evidence: JournalEvidence): Judgement => {
  const taken = new Map<string, SeenExchange>();
  const judged: SeenExchange[] = [];
  for (const one of deliveries(evidence)) {
    const event = eventOf(one);
    if (event === undefined) continue;
    const first = taken.get(event);
    if (first !== undefined) {
      if (!isTaken(one) && one.fault === undefined)
        return fail(`The same event came twice, and the second time: ${brief(one)}.`, first.id, one.id);
      judged.push(first, one);
    }
    if (isTaken(one)) taken.set(event, one);
  }
  return judged.length === 0 ? skip('no event was brought to it again after it had taken it') : passOn(...ids(judged));
};

interface Told {
  readonly exchange: SeenExchange;
  readonly notification: Notification;
}

/** Notifications that it took, by its address. */
const streams = (evidence: JournalEvidence): readonly (readonly Told[])[] => {
  const told = deliveries(evidence)
    .filter(isTaken)
    .flatMap((exchange): Told[] => {
      const notification = readNotification(parsed(exchange.request));
      return notification === undefined ? [] : [{ exchange, notification }];
    });
  return [...Map.groupBy(told, ({ exchange }) => pathOf(exchange)).values()];
};

/** The first notification of a stream that shows that numbers before it did not come. */
const gapIn = (stream: readonly Told[]): Told | undefined => {
  let top: number | undefined;
  for (const told of stream) {
    const { type, since, events } = told.notification;
    const numbers = events.map(({ number }) => number);
    const first = numbers.length > 0 ? Math.min(...numbers) : since + 1;
    if (type !== 'handshake' && top !== undefined && first > top + 1) return told;
    top = Math.max(top ?? 0, since, ...numbers);
  }
  return undefined;
};

const asksAgain = (one: SeenExchange): boolean => one.request.method === 'GET' && !pathOf(one).includes('$status');

const recovers = (evidence: JournalEvidence): Judgement => {
  const gap = streams(evidence).flatMap((stream) => gapIn(stream) ?? [])[0];
  if (gap === undefined) return skip('no number was missing in what came to it');
  const after = sentBy(evidence).filter((one) => one.began >= gap.exchange.began && one.to === 'broker');
  const query = after.find((one) => pathOf(one).includes('$events')) ?? after.find(asksAgain);
  return query === undefined
    ? fail('A number was missing, and it asked neither for $events nor for the record.', gap.exchange.id)
    : passOn(gap.exchange.id, query.id);
};

/** Milliseconds between heartbeats that it asked for. */
const periodOf = (evidence: JournalEvidence): number | undefined => {
  const periods = sentBy(evidence)
    .filter((one) => asksForOne(one) && isTaken(one))
    .flatMap((one) => extensionsOf(partOf(parsed(one.request), 'channel'), HEARTBEAT_PERIOD));
  return typeof periods[0] === 'number' ? periods[0] * 1_000 : undefined;
};

/** When it ended a subscription, after which nothing has to come. */
const endAfter = (evidence: JournalEvidence, began: number): number | undefined =>
  sentBy(evidence).find(
    (one) =>
      one.began >= began && one.request.method === 'DELETE' && isTaken(one) && /^\/Subscription\//.test(pathOf(one)),
  )?.at;

const notices = (evidence: JournalEvidence): Judgement => {
  const period = periodOf(evidence);
  if (period === undefined) return skip('it has asked for no heartbeat');
  const heard = deliveries(evidence).filter(isTaken);
  const questions = sentBy(evidence).filter((one) => pathOf(one).includes('$status'));
  for (const [index, one] of heard.entries()) {
    // After the last of them it is the time at which it is judged that shows how long nothing came.
    const next = heard[index + 1]?.at ?? endAfter(evidence, one.began) ?? evidence.now;
    if (next - one.at <= 3 * period) continue;
    const question = questions.find(({ at }) => at > one.at + period);
    return question === undefined
      ? fail(`Nothing came for ${Math.round((next - one.at) / 1_000)} s, and it did not ask for $status.`, one.id)
      : passOn(one.id, question.id);
  }
  return skip('heartbeats came as they were asked for');
};

const acknowledges = (evidence: JournalEvidence): Judgement => {
  const brought = deliveries(evidence).filter(({ fault }) => fault === undefined);
  for (const tries of Map.groupBy(brought, (one) => eventOf(one) ?? one.id).values()) {
    const last = tries.at(-1);
    if (last !== undefined && !tries.some(isTaken)) return fail(`${brief(last)}.`, ...ids(tries));
  }
  return brought.length === 0 ? skip('nothing was brought to it') : passOn(...ids(brought));
};

const REQUIRED = ['specversion', 'id', 'source', 'type', 'time'];

const complete = (evidence: JournalEvidence): Judgement => {
  const published = sentBy(evidence).filter((one) => one.request.method === 'POST' && pathOf(one).endsWith('/events'));
  for (const one of published) {
    const event = parsed(one.request);
    const lacking = REQUIRED.find((name) => textOf(event, name) === undefined);
    if (lacking !== undefined) return fail(`${brief(one)}: the event has no ${lacking}.`, one.id);
    if (partOf(event, 'data') !== undefined) return fail(`${brief(one)}: the event holds data.`, one.id);
  }
  return published.length === 0 ? skip('it has published nothing') : passOn(...ids(published));
};

const SUBSCRIBERS = ['subscriber', 'other-subscriber'];
const FHIR = ['fhir-r4'];

export const checks: readonly Check[] = [
  {
    id: 'pub-01-asked',
    requirements: ['PUB-01'],
    reads: 'journal',
    participants: SUBSCRIBERS,
    title: 'It asks for a subscription in status requested, with all that belongs to it',
    failure: 'A subscription was not asked for as it should be.',
    stimulus: { todo: 'Let your system create a Subscription at the broker.' },
    judge: asked,
  },
  {
    id: 'pub-06-twice',
    requirements: ['PUB-06'],
    reads: 'journal',
    participants: SUBSCRIBERS,
    dialects: FHIR,
    title: 'It bears an event that comes twice',
    failure: 'An event that came twice was too much.',
    stimulus: {
      todo: 'Switch on the fault, by which the next notice is sent twice, and let the publisher change an address.',
      fault: { participant: 'broker', operation: 'notify', times: 1, effect: { kind: 'message', as: 'duplicate' } },
    },
    judge: bears,
  },
  {
    id: 'pub-08-recovers',
    requirements: ['PUB-08'],
    reads: 'journal',
    participants: SUBSCRIBERS,
    title: 'It notices a gap in the numbers, and asks for what is missing',
    failure: 'It did not recover an event whose number was missing.',
    stimulus: {
      todo: 'Switch on the fault, by which the next notice is lost, and let the publisher change an address twice.',
      fault: { participant: 'broker', operation: 'notify', times: 1, effect: { kind: 'message', as: 'drop' } },
    },
    judge: recovers,
  },
  {
    id: 'pub-10-complete',
    requirements: ['PUB-10'],
    reads: 'journal',
    participants: ['publisher'],
    title: 'Its events have the attributes that CloudEvents requires, and hold no data',
    failure: 'An event that it published is not as it should be.',
    stimulus: { todo: 'Let your system publish an event.' },
    judge: complete,
  },
  {
    id: 'pub-12-silence',
    requirements: ['PUB-12'],
    reads: 'journal',
    participants: SUBSCRIBERS,
    title: 'It notices that heartbeats stop, and asks how its subscription stands',
    failure: 'It did not notice that nothing came any more.',
    stimulus: {
      todo: 'Let your system ask for heartbeats, switch on the fault, by which they are lost, and move the clock on by four periods.',
      fault: {
        participant: 'broker',
        operation: 'notify',
        match: 'heartbeat',
        effect: { kind: 'message', as: 'drop' },
      },
    },
    judge: notices,
  },
  {
    id: 'pub-14-acknowledges',
    requirements: ['PUB-14'],
    reads: 'journal',
    participants: SUBSCRIBERS,
    title: 'It acknowledges what is brought to it',
    failure: 'A delivery was not acknowledged with a 2xx.',
    stimulus: {
      todo: 'Give the seat the URL where your system listens, subscribe, and let the publisher change an address.',
    },
    judge: acknowledges,
  },
];
