import { parseSearch } from '../../sandbox/fhir/search/query.ts';
import { spaceOfType } from '../../sandbox/fhir/space-of-type.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import { ProblemError, problem } from '../../sandbox/problem.ts';
import { BACKPORT_SUBSCRIPTION, extensionsOf, FILTER_CRITERIA, PAYLOAD_CONTENT } from './extensions.ts';
import { listOf, parsed, partOf, textOf } from './parts.ts';
import { UNSUPPORTED_SUBSCRIPTION } from './problems.ts';
import { readChannel } from './read-channel.ts';
import type { Criterion, Flavour, Place, Wants } from './subscriptions.ts';
import { TOPICS, type Topic, topicOf } from './topics.ts';

/** What a Subscription resource asks for, once it is known that it can be had. */
export interface Asked {
  readonly flavour: Exclude<Flavour, 'signal'>;
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

const CONTENTS = ['empty', 'id-only', 'full-resource'] as const;
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
  const criteria = textOf(resource, 'criteria') ?? '';
  const profiled = listOf(resource, 'meta', 'profile').includes(BACKPORT_SUBSCRIPTION);
  const byTopic = profiled || /^[a-z]+:\/\//.test(criteria);
  const channel = readChannel(ctx, resource, byTopic);
  const end = textOf(resource, 'end');
  const what = byTopic
    ? topicAsked(ctx, resource, criteria)
    : { criteria: [criterionOf(ctx, criteria, 'Subscription.criteria')] };
  const wants = { ...what, ...channel.wants, ...(end === undefined ? {} : { end: Date.parse(end) }) };
  return { flavour: byTopic ? 'topic' : 'base', place: channel.place, wants };
};
