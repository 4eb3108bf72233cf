import { parseSearch } from '../../sandbox/fhir/search/query.ts';
import { spaceOfType } from '../../sandbox/fhir/space-of-type.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import { ProblemError, problem } from '../../sandbox/problem.ts';
import {
  BACKPORT_SUBSCRIPTION,
  extensionsOf,
  FILTER_CRITERIA,
  HEARTBEAT_PERIOD,
  PAYLOAD_CONTENT,
  TIMEOUT,
  unservedExtensions,
} from './extensions.ts';
import { listOf, parsed, partOf, textOf } from './parts.ts';
import { placeOf } from './places.ts';
import { UNSUPPORTED_SUBSCRIPTION } from './problems.ts';
import type { Criterion, Flavour, Place, Wants } from './subscriptions.ts';
import { TOPICS, type Topic, topicOf } from './topics.ts';

/** What a Subscription resource asks for, once it is known that it can be had. */
export interface Asked {
  readonly flavour: Exclude<Flavour, 'mns'>;
  readonly place: Place;
  readonly wants: Wants;
}

const refused = (detail: string, at: string) => problem(UNSUPPORTED_SUBSCRIPTION, detail, { at });

/** Parameters that select nothing but say how an answer looks; in criteria they would mean nothing. */
const SELECTING: readonly string[] = ['_id', '_lastUpdated', '_tag', '_profile', '_security', '_source'];

/** `Patient?address-postalcode=LS1`: FHIR R4 subscription.html, criteria. A search that could not be run is refused here. */
const criterionOf = (ctx: WritingCtx, text: string, at: string): Criterion => {
  const [, type = '', query = ''] = /^([A-Za-z]+)\??(.*)$/s.exec(text) ?? [];
  const params = new URLSearchParams(query);
  const shaping = [...params.keys()].find(
    (name) => name.startsWith('_') && !SELECTING.includes(name.split(':')[0] ?? ''),
  );
  if (shaping !== undefined) throw refused(`${shaping} selects nothing, so that it means nothing in criteria`, at);
  try {
    spaceOfType(ctx.store, type);
    parseSearch(type, params, { handling: 'strict', now: ctx.now(), bases: ctx.fhirBases ?? [] });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw refused(`${text} is no search that is served here: ${error.faults[0]?.detail ?? error.message}`, at);
  }
  return { type, query };
};

const filtersOf = (ctx: WritingCtx, resource: unknown, topic: Topic): Criterion[] => {
  const at = 'Subscription.criteria.extension';
  return extensionsOf(partOf(resource, '_criteria'), FILTER_CRITERIA).map((filter) => {
    const criterion = criterionOf(ctx, String(filter), at);
    if (criterion.type !== topic.type)
      throw refused(`${topic.url} is about ${topic.type}, and a filter is about ${criterion.type}`, at);
    const other = [...new URLSearchParams(criterion.query).keys()].find(
      (name) => !topic.filters.includes(name.split(/[:.]/)[0] ?? ''),
    );
    if (other === undefined) return criterion;
    throw refused(`${topic.url} can be filtered by ${topic.filters.join(', ')}, and not by ${other}`, at);
  });
};

const secondsOf = (values: readonly unknown[], at: string, least: number): number | undefined => {
  const [value] = values;
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= 86_400) return Number(value);
  throw refused(`it has to be ${least} to 86400 seconds`, at);
};

const CONTENTS = ['empty', 'id-only', 'full-resource'] as const;
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

const topicAsked = (ctx: WritingCtx, resource: unknown, url: string): Pick<Wants, 'topic' | 'criteria' | 'content'> => {
  const topic = topicOf(url);
  if (topic === undefined)
    throw refused(
      `There is no topic ${url} here; there are ${TOPICS.map((one) => one.url).join(', ')}`,
      'Subscription.criteria',
    );
  const [content = 'id-only'] = extensionsOf(partOf(resource, 'channel', '_payload'), PAYLOAD_CONTENT);
  const found = CONTENTS.find((one) => one === content);
  if (found === undefined)
    throw refused(
      `content is ${CONTENTS.join(', ')}, not ${String(content)}`,
      'Subscription.channel.payload.extension',
    );
  return { topic: url, criteria: filtersOf(ctx, resource, topic), content: found };
};

/** Reads a Subscription, and refuses what cannot be served: channel, criteria, filter, payload, address (Backport, errors). */
export const readSubscription = (ctx: WritingCtx, given: FhirResource): Asked => {
  // Numbers of a resource may be raw JSON.
  const resource = parsed(JSON.stringify(given));
  const channel = partOf(resource, 'channel');
  const type = textOf(channel, 'type');
  const endpoint = textOf(channel, 'endpoint') ?? '';
  // Ours: who cannot be called has no address, and comes for what there is (stream.ts).
  const streams = type === 'message' && endpoint === '';
  if (type !== 'rest-hook' && !streams)
    throw refused(
      `The channel ${type ?? ''} is not served; rest-hook is, and message without an endpoint, to be read as a stream`,
      'Subscription.channel.type',
    );
  const [unserved] = [channel, partOf(channel, '_payload'), partOf(resource, '_criteria')].flatMap(unservedExtensions);
  if (unserved !== undefined)
    throw refused(`The extension ${unserved} is not served`, 'Subscription.channel.extension');
  const criteria = textOf(resource, 'criteria') ?? '';
  const profiled = listOf(resource, 'meta', 'profile').includes(BACKPORT_SUBSCRIPTION);
  const byTopic = profiled || /^[a-z]+:\/\//.test(criteria);
  const at = 'Subscription.channel.extension';
  const heartbeat = secondsOf(extensionsOf(channel, HEARTBEAT_PERIOD), at, 10);
  const timeout = secondsOf(extensionsOf(channel, TIMEOUT), at, 1);
  if (!byTopic && heartbeat !== undefined) throw refused('Criteria-based subscriptions have no heartbeat', at);
  const end = textOf(resource, 'end');
  const payload = payloadOf(resource);
  const what = byTopic
    ? topicAsked(ctx, resource, criteria)
    : { criteria: [criterionOf(ctx, criteria, 'Subscription.criteria')] };
  const wants: Wants = {
    ...what,
    headers: headersOf(resource),
    ...(payload === undefined ? {} : { payload }),
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(end === undefined ? {} : { end: Date.parse(end) }),
  };
  const place: Place = streams
    ? { stream: true, endpoint: '' }
    : placeOf(ctx, endpoint, 'Subscription.channel.endpoint');
  return { flavour: byTopic ? 'topic' : 'base', place, wants };
};
