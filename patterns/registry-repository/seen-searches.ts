import { at, list } from '../../sandbox/conformance/evidence.ts';
import { parsed, pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { wasDone } from '../../sandbox/conformance/passing.ts';
import { text } from './drive-pointer.ts';

/** What a search asks for, by GET or POST, as a form or, in NRL, as JSON. */
export const paramsOf = (one: SeenExchange): URLSearchParams => {
  const [, query = ''] = pathOf(one).split('?');
  const { body } = one.request;
  const asked = new URLSearchParams(query);
  const sent = body.startsWith('{') ? Object.entries(Object(parsed(one.request))) : [...new URLSearchParams(body)];
  if (one.request.method === 'POST') for (const [name, value] of sent) asked.set(name, String(value));
  asked.sort();
  return asked;
};
export const isSearch = (one: SeenExchange): boolean =>
  one.request.method === 'GET'
    ? /^\/DocumentReference(?:\?|$)/.test(pathOf(one))
    : one.request.method === 'POST' && /^\/DocumentReference\/_search(?:\?|$)/.test(pathOf(one));
export const found = (one: SeenExchange): readonly string[] =>
  list(at(parsed(one.reply), 'entry')).map((entry) => text(at(entry, 'resource', 'id')));

/** Those of NRL's consumer and producer. */
const KNOWN = /^(?:subject:identifier|custodian:identifier|type|category|next-page-token|_summary|_count)$/;

const isCount = (one: SeenExchange): boolean => paramsOf(one).get('_summary') === 'count';
/** Of whom, too: NRL's producer and consumer do not find the same. */
const questionOf = (one: SeenExchange): string => {
  const asked = paramsOf(one);
  asked.delete('_summary');
  return `${URL.parse(one.request.url)?.pathname.replace(/\/_search$/, '')}?${asked}`;
};
const answerOf = (one: SeenExchange): string => found(one).toSorted().join();

/**
 * A search, and the same question in another way, beside which the search came out alike before and after: so nobody had
 * registered or withdrawn anything meanwhile, whom nobody saw.
 */
const framed = (
  searches: readonly SeenExchange[],
  isOther: (one: SeenExchange) => boolean,
  isPlain: (one: SeenExchange) => boolean,
) => {
  for (const [index, other] of searches.entries()) {
    if (!isOther(other)) continue;
    const same = (one: SeenExchange): boolean => isPlain(one) && questionOf(one) === questionOf(other);
    const before = searches.slice(0, index).findLast(same);
    const after = searches.slice(index + 1).find(same);
    if (before !== undefined && after !== undefined && answerOf(before) === answerOf(after)) return { before, other };
  }
  return undefined;
};

/** Searches in two ways whose answers can be compared, and one by what there is no parameter for. */
export const searchSteps = (answered: readonly SeenExchange[], dialect: string): ReadonlyMap<string, string> => {
  const steps = new Map<string, string>();
  const searches = answered.filter((one) => isSearch(one) && wasDone(one));
  const [byPost, byGet] = ['POST', 'GET'].map(
    (method) => (one: SeenExchange) => one.request.method === method && !isCount(one),
  );
  const both = byPost && byGet && framed(searches, byGet, byPost);
  const counted = framed(
    searches,
    isCount,
    (one) => !isCount(one) && (both === undefined || one === both.before || answerOf(one) === answerOf(both.before)),
  );
  if (both !== undefined) steps.set(both.before.id, 'search').set(both.other.id, 'search-get');
  if (counted !== undefined && (both === undefined || answerOf(counted.before) === answerOf(both.before))) {
    if (both === undefined) steps.set(counted.before.id, 'search');
    steps.set(counted.other.id, 'count');
  }
  const strange = answered.find(
    (one) =>
      isSearch(one) &&
      [...paramsOf(one).keys()].some((name) => !KNOWN.test(name)) &&
      (wasDone(one) || one.reply?.status === 400),
  );
  if (dialect === 'nrl' && strange !== undefined && !steps.has(strange.id))
    steps.set(strange.id, 'search-unknown-parameter');
  return steps;
};
