import { at, list } from '../../sandbox/conformance/evidence.ts';
import { parsed, pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { broke, tells, wasDone } from '../../sandbox/conformance/passing.ts';
import { recordOf, recordSteps } from '../../sandbox/conformance/record-steps.ts';
import { hasValidCheckDigit } from '../../sandbox/nhs-number.ts';

const statusOf = ({ reply }: SeenExchange): number => reply?.status ?? 0;
const typeOf = (headers: Readonly<Record<string, string>> | undefined): string => headers?.['content-type'] ?? '';

/** An NHS number whose check digit is wrong, as the id of a patient or as an identifier in a query. */
const hasWrongNumber = (exchange: SeenExchange): boolean => {
  const path = decodeURIComponent(pathOf(exchange).replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
  const number = /^\/Patient\/(\d{10})(?:[/?]|$)/.exec(path)?.[1] ?? /nhs-number\|(\d{10})(?!\d)/.exec(path)?.[1];
  return number !== undefined && !hasValidCheckDigit(number);
};

/** What an answer was asked for in, where that is nothing that FHIR is served in; a document has any type. */
const asksOtherwise = ({ request }: SeenExchange): boolean =>
  request.headers.accept !== undefined &&
  !/json|xml|\*\/\*/.test(request.headers.accept) &&
  !/\/(?:Binary|DocumentReference)\b|event-stream/.test(`${request.url} ${request.headers.accept}`);

const sendsOtherwise = ({ request }: SeenExchange): boolean =>
  /^(?:POST|PUT)$/.test(request.method) &&
  /^(?:text\/(?!.*(?:json|xml))|image\/)/.test(typeOf(request.headers)) &&
  !/\/Binary\b/.test(request.url);

const SAID_AT_THE_DOOR = [401, 403, 408, 429, 503, 504];

/** What every pattern has: what it says that it can do, and whom and what it turns away. */
const sharedStep = (exchange: SeenExchange): string | undefined => {
  const { method, headers } = exchange.request;
  const status = statusOf(exchange);
  if (status === 401) return headers.authorization === undefined ? 'without-token' : 'bad-token';
  if (
    asksOtherwise(exchange) &&
    (status === 406 || (wasDone(exchange) && /json/.test(typeOf(exchange.reply?.headers))))
  )
    return 'not-acceptable';
  if (method === 'GET' && /^\/metadata(?:\?|$)/.test(pathOf(exchange)))
    return tells(exchange) || [404, 405, 501].includes(status) ? 'metadata' : undefined;
  if (sendsOtherwise(exchange) && (status === 415 || wasDone(exchange))) return 'unsupported-body';
  if (hasWrongNumber(exchange) && !SAID_AT_THE_DOOR.includes(status)) return 'read-malformed';
  if (status === 403 && headers.authorization !== undefined && !/^(?:PUT|PATCH)$/.test(method)) return 'without-right';
  if (method === 'GET' && recordOf(exchange) !== undefined && status === 404) return 'read-unknown';
  return undefined;
};

const COUNTS = /[?&]_(?:summary=count|count=0)\b/;

/** What a search came to; one that was refused may have been wrong. */
const searchStep = (exchange: SeenExchange): string | undefined => {
  const { method } = exchange.request;
  const path = pathOf(exchange);
  const isSearch =
    method === 'GET' ? /^\/[A-Z][A-Za-z]+(?:\?|$)/.test(path) : /^\/[A-Z][A-Za-z]+\/_search(?:\?|$)/.test(path);
  if (!isSearch || !/^(?:GET|POST)$/.test(method) || COUNTS.test(path)) return undefined;
  if (statusOf(exchange) === 404) return 'search-miss';
  if (broke(exchange)) return 'search-hit';
  if (statusOf(exchange) !== 200) return undefined;
  const found = list(at(parsed(exchange.reply), 'entry')).filter(
    (entry) => at(entry, 'resource', 'resourceType') !== 'OperationOutcome',
  );
  return found.length === 0 ? 'search-miss' : 'search-hit';
};

const createStep = (exchange: SeenExchange): string | undefined =>
  exchange.request.method === 'POST' && /^\/[A-Z][A-Za-z]+$/.test(pathOf(exchange)) && tells(exchange)
    ? 'create'
    : undefined;

/** Requests and replies about records, where a pattern has no way of its own to tell what passes. */
const plainSteps = (exchanges: readonly SeenExchange[]): ReadonlyMap<string, string> => {
  const named = new Map(exchanges.map((one) => [one.id, searchStep(one) ?? createStep(one) ?? '']));
  return new Map([...named, ...recordSteps(exchanges)].filter(([, step]) => step !== ''));
};

/**
 * Names exchanges that merely passed as a driven run would have named them, the first of each kind, so that the same checks
 * judge them; the others keep their ids, and only the checks that look at everything see them. `own` is what the pattern says.
 */
export const nameSteps = (
  exchanges: readonly SeenExchange[],
  own: (exchanges: readonly SeenExchange[]) => ReadonlyMap<string, string> = plainSteps,
): readonly (readonly [SeenExchange, string])[] => {
  const shared = exchanges.map((exchange) => [exchange, sharedStep(exchange)] as const);
  const steps = own(shared.flatMap(([exchange, step]) => (step === undefined ? [exchange] : [])));
  const taken = new Set<string>();
  return shared.map(([exchange, step = steps.get(exchange.id)]) => {
    if (step === undefined || taken.has(step)) return [exchange, exchange.id];
    taken.add(step);
    return [exchange, step];
  });
};
