import { jsonFormat } from '../../sandbox/fhir/format.ts';
import { parametersOf } from '../../sandbox/fhir/parameters-resource.ts';
import type { Call, Ctx, Handler, Reply } from '../../sandbox/pattern.ts';
import { INVALID_PARAMETER, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { eventsBetween } from './events.ts';
import { brokerBase, notificationOf, statusOf } from './notification.ts';
import { allSubscriptions, findSubscription, type Subscription } from './subscriptions.ts';

const FHIR_JSON = { 'content-type': 'application/fhir+json; charset=utf-8' };
const reply = (body: object): Reply => ({ status: 200, headers: FHIR_JSON, body: JSON.stringify(body) });

const required = async (call: Call, ctx: Ctx): Promise<Subscription> => {
  const id = call.params.id ?? '';
  const one = await findSubscription(ctx, ctx.sql, id);
  if (one === undefined) throw problem(NOT_FOUND, `There is no Subscription with the id '${id}'`);
  return one;
};

const statuses = (ctx: Ctx, found: readonly Subscription[]): Reply =>
  reply({
    resourceType: 'Bundle',
    id: ctx.uuid(),
    type: 'searchset',
    total: found.length,
    entry: found.map((one) => ({
      fullUrl: `${brokerBase(ctx)}/Subscription/${one.id}/$status`,
      resource: statusOf(ctx, { one, type: 'query-status', since: one.events }),
      search: { mode: 'match' },
    })),
  });

/** Backport, OperationDefinition backport-subscription-status, of one. */
export const subscriptionStatus: Handler = async (call, ctx) => statuses(ctx, [await required(call, ctx)]);

/** The same of those that are named, or all. */
export const subscriptionsStatus: Handler = async (call, ctx) => {
  const query = askedIn(call);
  const ids = query.getAll('id');
  const states = query.getAll('status');
  const found = (await allSubscriptions(ctx, ctx.sql)).filter(
    ({ id, state }) => (ids.length === 0 || ids.includes(id)) && (states.length === 0 || states.includes(state)),
  );
  return statuses(ctx, found);
};

/** What is asked for: in the query, or by POST in a Parameters resource, as clients of FHIR call operations (R4 operations.html). */
const askedIn = ({ query, body }: Call): URLSearchParams => {
  const given = body.length === 0 ? [] : parametersOf(jsonFormat.parse(body));
  return new URLSearchParams([...query, ...given.map(({ name, value }): [string, string] => [name, String(value)])]);
};

const numberOf = (query: URLSearchParams, name: string, otherwise: number): number => {
  const given = query.get(name);
  if (given === null) return otherwise;
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw problem(INVALID_PARAMETER, `${name} is a whole number`, { at: name });
};

const CONTENTS = ['empty', 'id-only', 'full-resource'] as const;
const isContent = (value: string): value is (typeof CONTENTS)[number] => CONTENTS.some((one) => one === value);

/** Events in one answer; who wants more asks from the last number on. */
const EVENTS_MAX = 100;

/** Backport, OperationDefinition backport-subscription-events: events again, by their numbers. */
export const subscriptionEvents: Handler = async (call, ctx) => {
  const one = await required(call, ctx);
  const query = askedIn(call);
  const from = numberOf(query, 'eventsSinceNumber', 1);
  const to = numberOf(query, 'eventsUntilNumber', one.events);
  const events = await eventsBetween(ctx, ctx.sql, one.id, [from, to], EVENTS_MAX);
  const asked = query.get('content') ?? one.wants.content;
  if (asked !== undefined && !isContent(asked))
    throw problem(INVALID_PARAMETER, `content is one of ${CONTENTS.join(', ')}`, { at: 'content' });
  const since = one.events;
  return reply(
    await notificationOf(ctx, {
      one,
      type: 'query-event',
      events,
      since,
      ...(asked === undefined ? {} : { content: asked }),
    }),
  );
};
