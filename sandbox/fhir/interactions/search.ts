import { renderOutcome } from '../../http/render.ts';
import type { Call } from '../../pattern.ts';
import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { type BundleLink, bundleText, type EntryText } from '../bundle-text.ts';
import { keepSearch, PAGE_PARAMETER, readKeptSearch } from '../kept-search.ts';
import type { Outcome } from '../outcome.ts';
import { requireTestNumbers } from '../real-numbers.ts';
import { fhirBase, fhirBases } from '../reply.ts';
import { parseSearch, runSearch, type Search } from '../search/query.ts';
import { spaceOfType } from '../space-of-type.ts';
import type { StoredVersion } from '../stored.ts';
import { subsetOf, subsetText } from '../subset.ts';
import { type FhirRequest, operation } from './operation.ts';

/** What was ignored is said in the searchset itself (FHIR R4 search.html#errors). */
const ignoredEntry = (request: FhirRequest, { type, ignored }: Search): EntryText[] => {
  if (ignored.length === 0) return [];
  const faults = ignored.map((name) => ({
    detail: `The parameter '${name.slice(0, 64)}' was ignored: ${type} has no such search parameter here`,
    at: name.slice(0, 64),
    severity: 'warning' as const,
    issue: 'not-supported',
  }));
  const { body } = renderOutcome(problem(INVALID_PARAMETER, faults), request.ctx.dialect, false);
  return [{ resource: body, search: { mode: 'outcome' } }];
};

const linkTo = (call: Call, type: string, query: string): string =>
  `${fhirBase(call)}/${type}${query === '' ? '' : `?${query}`}`;

/** Only what stood in the URL of a search by POST comes back in one. */
const shownInUrl = (used: string, url: URLSearchParams): string =>
  new URLSearchParams([...new URLSearchParams(used)].filter(([name]) => url.has(name))).toString();

const search = async (request: FhirRequest, query: URLSearchParams, sealed: boolean): Promise<Outcome> => {
  const { call, ctx, prefer } = request;
  const type = request.param('type');
  const base = fhirBase(call);
  spaceOfType(ctx.store, type);
  requireTestNumbers(ctx, query);
  const parsed = parseSearch(type, query, {
    bases: fhirBases(call),
    now: ctx.now(),
    handling: prefer.handling ?? 'lenient',
  });
  const subset = subsetOf(query, type);
  const found = await runSearch(ctx.sql, ctx.store, parsed);
  const entryOf = (mode: 'match' | 'include', { type: of, id, body }: StoredVersion): EntryText => ({
    fullUrl: `${base}/${of}/${id}`,
    resource: subsetText(body, subset),
    search: { mode },
  });
  const self = sealed ? shownInUrl(found.self, call.query) : found.self;
  const links: BundleLink[] = [{ relation: 'self', url: linkTo(call, type, self) }];
  if (found.next !== undefined) {
    const next = sealed ? `${PAGE_PARAMETER}=${await keepSearch(ctx, found.next)}` : found.next;
    links.push({ relation: 'next', url: linkTo(call, type, next) });
  }
  return {
    status: 200,
    body: bundleText({
      type: 'searchset',
      timestamp: ctx.now(),
      total: found.total,
      links,
      entries: [
        ...found.matches.map((match) => entryOf('match', match)),
        ...found.included.map((included) => entryOf('include', included)),
        ...ignoredEntry(request, parsed),
      ],
    }),
  };
};

/** FHIR R4 search.html */
export const searchType = operation('searchType', { type: ['search-type'] }, async (request) => {
  const { call, ctx } = request;
  const page = call.query.get(PAGE_PARAMETER);
  if (page === null) return search(request, call.query, false);
  return search(request, await readKeptSearch(ctx, ctx.sql, page), true);
});

/** The same with the parameters in the body, beside those in the URL. FHIR R4 http.html#search */
export const searchTypePost = operation('searchTypePost', {}, (request) => {
  const form = new URLSearchParams(Buffer.from(request.call.body).toString('utf8'));
  return search(request, new URLSearchParams([...request.call.query, ...form]), true);
});
