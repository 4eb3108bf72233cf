import type { Ctx } from '../../sandbox/pattern.ts';
import { problem } from '../../sandbox/problem.ts';
import { extensionsOf, HEARTBEAT_PERIOD, MAX_COUNT, TIMEOUT, unservedExtensions } from './extensions.ts';
import { listOf, partOf, textOf } from './parts.ts';
import { placeOf, SUBSCRIBERS } from './places.ts';
import { UNSUPPORTED_SUBSCRIPTION } from './problems.ts';
import type { Place, Wants } from './subscriptions.ts';

const refused = (detail: string, at: string) => problem(UNSUPPORTED_SUBSCRIPTION, detail, { at });

/** Why a channel of the standard is not served; the capability statement says the same. */
export const NOT_SERVED: Readonly<Record<string, string>> = {
  email: 'email is not served: nothing leaves a sandbox but to one of its seats',
  sms: 'sms is not served: nothing leaves a sandbox but to one of its seats',
};

/** What is served, for the capability statement and for whoever asks for something else. */
export const SERVED = [
  'rest-hook, to an address below that of a subscriber',
  'websocket by criteria (FHIR R4: bind, bound, ping), without an endpoint',
  'message without an endpoint, which is followed as server-sent events or by WebSocket (ours)',
  `message to queue:${SUBSCRIBERS[0]} or queue:${SUBSCRIBERS[1]}, the queue that this seat has on RabbitMQ (ours)`,
].join('; ');

const QUEUE = 'queue:';

/** Where notifications go, by the channel's type and endpoint. */
const placeFor = (ctx: Ctx, type: string, endpoint: string, byTopic: boolean): Place => {
  const at = 'Subscription.channel.type';
  const end = 'Subscription.channel.endpoint';
  if (type === 'rest-hook') return placeOf(ctx, endpoint, end);
  if (type === 'websocket') {
    // The backport binds by a token of $get-ws-binding-token, R4 by the id.
    if (byTopic)
      throw refused('websocket by topic is not served: it needs $get-ws-binding-token, which is not offered', at);
    if (endpoint !== '') throw refused('A channel websocket has no endpoint: the client connects to the broker', end);
    return { stream: true, endpoint: '' };
  }
  if (type === 'message') {
    if (endpoint === '') return { stream: true, endpoint: '' };
    const outside = SUBSCRIBERS.find((name) => endpoint === `${QUEUE}${name}`);
    if (outside !== undefined) return { outside, endpoint };
    throw refused(
      `${endpoint} is no queue of a subscriber's; there are ${SUBSCRIBERS.map((name) => QUEUE + name)}`,
      end,
    );
  }
  throw refused(`${NOT_SERVED[type] ?? `The channel ${type} is not served`}. Served are: ${SERVED}`, at);
};

const wholeOf = (values: readonly unknown[], at: string, [least, most]: readonly [number, number], unit: string) => {
  const [value] = values;
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw refused(`it has to be ${least} to ${most} ${unit}`, at);
};

const JSON_TYPES = ['application/fhir+json', 'application/json'];

const payloadOf = (resource: unknown): string | undefined => {
  const payload = textOf(resource, 'channel', 'payload');
  if (payload === undefined || JSON_TYPES.includes(payload.split(';')[0]?.trim() ?? '')) return payload;
  throw refused(`${payload} is not produced here; ${JSON_TYPES.join(' and ')} are`, 'Subscription.channel.payload');
};

/** `Name: value`, sent as it stands (FHIR R4 subscription.html, channel.header). */
const headersOf = (resource: unknown): Record<string, string> =>
  Object.fromEntries(
    listOf(resource, 'channel', 'header').map((line): [string, string] => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(String(line)) ?? [];
      if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
      throw refused(`${JSON.stringify(line)} is no header such as "X-Name: value"`, 'Subscription.channel.header');
    }),
  );

export interface Channel {
  readonly place: Place;
  readonly wants: Pick<Wants, 'headers' | 'payload' | 'heartbeat' | 'timeout' | 'maxCount'>;
}

/** How notifications are to come; what cannot be served is refused, with the reason. */
export const readChannel = (ctx: Ctx, resource: unknown, byTopic: boolean): Channel => {
  const channel = partOf(resource, 'channel');
  const place = placeFor(ctx, textOf(channel, 'type') ?? '', textOf(channel, 'endpoint') ?? '', byTopic);
  const at = 'Subscription.channel.extension';
  const [unserved] = [channel, partOf(channel, '_payload'), partOf(resource, '_criteria')].flatMap(unservedExtensions);
  if (unserved !== undefined) throw refused(`The extension ${unserved} is not served`, at);
  const heartbeat = wholeOf(extensionsOf(channel, HEARTBEAT_PERIOD), at, [10, 86_400], 'seconds');
  const timeout = wholeOf(extensionsOf(channel, TIMEOUT), at, [1, 86_400], 'seconds');
  const maxCount = wholeOf(extensionsOf(channel, MAX_COUNT), at, [1, 100], 'events');
  if (!byTopic && heartbeat !== undefined) throw refused('Criteria-based subscriptions have no heartbeat', at);
  if (!byTopic && maxCount !== undefined) throw refused('By criteria each event goes by itself', at);
  const payload = payloadOf(resource);
  return {
    place,
    wants: {
      headers: headersOf(resource),
      ...(payload === undefined ? {} : { payload }),
      ...(heartbeat === undefined ? {} : { heartbeat }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(maxCount === undefined ? {} : { maxCount }),
    },
  };
};
