import { at, list } from '../../sandbox/conformance/evidence.ts';
import { parsed, pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { hasValidCheckDigit } from '../../sandbox/nhs-number.ts';

const READ = /^\/Patient\/([^/?]+)$/;
const SEARCH = /^\/Patient\?/;

const idIn = (exchange: SeenExchange): string | undefined => READ.exec(pathOf(exchange))?.[1];
const matches = (exchange: SeenExchange): number =>
  list(at(parsed(exchange.reply), 'entry')).filter((entry) => at(entry, 'resource', 'resourceType') === 'Patient')
    .length;

/** What a record's version was, as the last answer about it said. */
const lastVersion = (before: readonly SeenExchange[], path: string): string | undefined =>
  before.findLast((one) => pathOf(one) === path && one.reply?.headers.etag !== undefined)?.reply?.headers.etag;

const updateStep = (exchange: SeenExchange, before: readonly SeenExchange[]): string | undefined => {
  const { method, headers } = exchange.request;
  const kind = method === 'PUT' ? 'update' : 'patch';
  const named = headers['if-match'];
  if (named === undefined) return `${kind}-without-precondition`;
  const known = lastVersion(before, pathOf(exchange));
  if (known === undefined) return undefined;
  return named === known ? `${kind}-current` : `${kind}-stale`;
};

const AFTER: Readonly<Record<string, string>> = {
  'update-without-precondition': 'after-unconditional',
  'update-stale': 'after-stale',
  'patch-stale': 'after-stale',
};

/** Which step of a driven run an exchange is like, by what was asked; undefined where it is like none. */
const stepOf = (exchange: SeenExchange, before: readonly (readonly [SeenExchange, string])[]): string | undefined => {
  const { method, headers } = exchange.request;
  const path = pathOf(exchange);
  const status = exchange.reply?.status ?? 0;
  if (method === 'GET' && path === '/metadata') return 'metadata';
  if (status === 401) return headers.authorization === undefined ? 'without-token' : 'bad-token';
  if (headers.accept !== undefined && !/json|\*\/\*/.test(headers.accept) && status >= 400) return 'not-acceptable';
  if (method === 'GET' && SEARCH.test(path))
    return status === 200 && matches(exchange) === 0 ? 'search-miss' : 'search-hit';
  if (method === 'POST' && path === '/Patient') return 'create';
  const id = idIn(exchange);
  if (id === undefined) return undefined;
  if (method === 'GET') {
    const [last, step] = before.findLast(([one]) => idIn(one) === id) ?? [];
    const after = last === undefined || step === undefined || last.request.method === 'GET' ? undefined : AFTER[step];
    if (after !== undefined) return after;
    if (/^\d{10}$/.test(id) && !hasValidCheckDigit(id)) return 'read-malformed';
    return status === 404 ? 'read-unknown' : 'read';
  }
  if (method !== 'PUT' && method !== 'PATCH') return undefined;
  return updateStep(
    exchange,
    before.map(([one]) => one),
  );
};

/**
 * Names exchanges that merely passed as a driven run would have named them, the first of each kind, so that the same checks
 * judge them; the others keep their ids, and only the checks that look at everything see them.
 */
export const nameSteps = (exchanges: readonly SeenExchange[]): readonly (readonly [SeenExchange, string])[] => {
  const named: (readonly [SeenExchange, string])[] = [];
  for (const exchange of exchanges) {
    const step = exchange.kind === 'http' ? stepOf(exchange, named) : undefined;
    const taken = step === undefined || named.some(([, other]) => other === step);
    named.push([exchange, taken ? exchange.id : step]);
  }
  return named;
};
