import { pathOf, parsed as read, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import type { Named } from '../../sandbox/conformance/passing.ts';
import { wasDone } from '../../sandbox/conformance/passing.ts';
import { listOf, textOf } from './parts.ts';
import { readNotification } from './read-notification.ts';

/** A subscription that was made, and what was brought to its address; nobody changed it since. */
interface Subscribed {
  readonly made: SeenExchange;
  readonly id: string;
  readonly byTopic: boolean;
  readonly brought: readonly SeenExchange[];
}

const placeOf = (url: string | undefined): string | undefined => (url && URL.parse(url)?.pathname)?.replace(/\/+$/, '');
const isBelow = (place: string, other: string): boolean => other === place || other.startsWith(`${place}/`);
const endpointOf = (made: SeenExchange): string | undefined => {
  const channel = read(made.request);
  return textOf(channel, 'channel', 'type') === 'rest-hook'
    ? placeOf(textOf(channel, 'channel', 'endpoint'))
    : undefined;
};
const isOf = (id: string) => (one: SeenExchange) =>
  new RegExp(`^/Subscription/${RegExp.escape(id)}(?:[/?]|$)`).test(pathOf(one));

/**
 * The subscriptions to whose addresses something came. Where two share an address, or one was asked for anew, nobody can say
 * which of them a delivery was for.
 */
const subscribed = (
  asked: readonly SeenExchange[],
  answered: readonly SeenExchange[],
  sent: readonly SeenExchange[],
): readonly Subscribed[] =>
  asked.flatMap((made) => {
    const place = endpointOf(made);
    const id =
      textOf(read(made.reply), 'id') ?? /\/Subscription\/([^/]+)/.exec(made.reply?.headers.location ?? '')?.[1];
    if (place === undefined || id === undefined || !wasDone(made)) return [];
    const others = asked.filter((one) => one !== made).flatMap((one) => endpointOf(one) ?? []);
    if (others.some((other) => isBelow(place, other) || isBelow(other, place))) return [];
    if (answered.some((one) => isOf(id)(one) && /^(?:PUT|PATCH)$/.test(one.request.method))) return [];
    const brought = sent.filter(
      ({ request }) => /^(?:POST|PUT)$/.test(request.method) && isBelow(place, placeOf(request.url) ?? ''),
    );
    const byTopic = /^https?:/.test(textOf(read(made.request), 'criteria') ?? '');
    return brought.length === 0 ? [] : [{ made, id, byTopic, brought }];
  });

const typeOf = (one: SeenExchange): string | undefined => readNotification(read(one.request))?.type;
const stateOf = (one: SeenExchange): string | undefined => textOf(read(one.reply), 'status');
const readsOf = (answered: readonly SeenExchange[], { id }: Subscribed, after: number): readonly SeenExchange[] =>
  answered.filter(
    (one) =>
      one.request.method === 'GET' && one.began >= after && wasDone(one) && pathOf(one) === `/Subscription/${id}`,
  );

/** When what it says happened, by the clock of whoever brought it. */
const happened = (one: SeenExchange): number => {
  const body = read(one.request);
  const told = listOf(body, 'entry', 0, 'resource', 'parameter')
    .flatMap((parameter) => listOf(parameter, 'part'))
    .filter((part) => textOf(part, 'name') === 'timestamp')
    .map((part) => textOf(part, 'valueInstant') ?? '');
  return Math.max(0, ...[...told, textOf(body, 'meta', 'lastUpdated') ?? ''].map((at) => Date.parse(at) || 0));
};

/** By topic: the handshake and what became of it, and the count after a delivery that failed. */
const topicSteps = (
  answered: readonly SeenExchange[],
  one: Subscribed,
): readonly (readonly [SeenExchange, string])[] => {
  const [first] = one.brought;
  if (first === undefined) return [];
  const taken = one.brought.find(wasDone);
  if (typeOf(first) === 'handshake' && !wasDone(first)) {
    // Until one is taken, as far as there is one.
    const looks = readsOf(answered, one, first.ended).filter(({ began }) => began < (taken?.began ?? Infinity));
    const settled = looks.findIndex((look) => ['error', 'active'].includes(stateOf(look) ?? ''));
    const [look, again] = settled < 0 ? [] : looks.slice(settled);
    return [
      [one.made, 'subscribe-refusing'],
      ...(look === undefined ? [] : [[look, 'read-refused'] as const]),
      ...(again === undefined ? [] : [[again, 'read-refused-again'] as const]),
    ];
  }
  const active = readsOf(answered, one, first.ended).find((look) => stateOf(look) === 'active');
  const failed = one.brought.findLast((delivery) => typeOf(delivery) === 'event-notification' && !wasDone(delivery));
  const status = answered.find(
    (look) =>
      failed !== undefined &&
      look.began >= failed.ended &&
      wasDone(look) &&
      pathOf(look).startsWith(`/Subscription/${one.id}/$status`),
  );
  return [
    [one.made, 'subscribe'],
    ...(active === undefined ? [] : [[active, 'read-active'] as const]),
    ...(status === undefined ? [] : [[status, 'status-after'] as const]),
  ];
};

/** By criteria: how the record came, and whether something came that happened only after the end. */
const criteriaSteps = (
  answered: readonly SeenExchange[],
  one: Subscribed,
): readonly (readonly [SeenExchange, string])[] => {
  const ended = answered.find((each) => each.request.method === 'DELETE' && wasDone(each) && isOf(one.id)(each));
  // In whole seconds, by the clock of whoever brings it.
  const over = Date.parse(ended?.reply?.headers.date ?? '') + 1_000;
  const late = ended !== undefined && one.brought.some((each) => each.began >= ended.ended && happened(each) > over);
  return [[one.made, 'subscribe-criteria'], ...(late ? [[ended, 'unsubscribe'] as const] : [])];
};

/** Subscriptions whose deliveries passed, too, as a driven run would have named them: one by criteria, one by topic, one that was refused. */
export const deliverySteps = (answered: readonly SeenExchange[], sent: readonly SeenExchange[]): Named => {
  const asked = answered.filter((one) => one.request.method === 'POST' && /^\/Subscription(?:\?|$)/.test(pathOf(one)));
  const all = subscribed(asked, answered, sent);
  const byCriteria = all.find(({ byTopic }) => !byTopic);
  const topics = all.filter(({ byTopic }) => byTopic).map((one) => ({ one, steps: topicSteps(answered, one) }));
  const named = (step: string) => topics.find(({ steps }) => steps.some(([, name]) => name === step));
  const [healthy, refusing] = [named('subscribe'), named('subscribe-refusing')];
  const steps = [
    ...(byCriteria === undefined ? [] : criteriaSteps(answered, byCriteria)),
    ...(healthy?.steps ?? []),
    ...(refusing?.steps ?? []),
  ];
  const came = (name: string, one: Subscribed | undefined) =>
    (one?.brought ?? []).map((each, index) => [each, `${name}-${index + 1}`] as const);
  return {
    steps: new Map(steps.map(([each, step]) => [each.id, step])),
    received: [...came('criteria', byCriteria), ...came('topic', healthy?.one), ...came('refuse', refusing?.one)],
  };
};
