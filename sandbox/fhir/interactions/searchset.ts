import { renderOutcome } from '../../http/render.ts';
import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { type BundleLink, bundleText, type EntryText } from '../bundle-text.ts';
import { keepSearch, PAGE_PARAMETER, readKeptSearch } from '../kept-search.ts';
import type { Outcome } from '../outcome.ts';
import { fhirBase } from '../reply.ts';
import type { SearchResult } from '../search/query.ts';
import type { StoredVersion } from '../stored.ts';
import { subsetOf, subsetText } from '../subset.ts';
import type { FhirRequest } from './operation.ts';

/** A search as it was asked, whatever it is over. */
export interface Asked {
  /** Of the URL and the body together. */
  readonly query: URLSearchParams;
  /** Whether parameters stood in the body, which are not to stand in a URL. */
  readonly sealed: boolean;
}

export interface Found {
  readonly result: SearchResult;
  /** Below the base: `Patient`, `Patient/1/Observation`, or empty for the base itself. */
  readonly path: string;
  /** What was searched, in words that `has no such search parameter` follows. */
  readonly searched: string;
  readonly ignored: readonly string[];
}

/** What a GET asks: its own parameters, or those that a page of a search by POST stands for. */
export const askedByUrl = async ({ call, ctx }: FhirRequest): Promise<Asked> => {
  const page = call.query.get(PAGE_PARAMETER);
  if (page === null) return { query: call.query, sealed: false };
  return { query: await readKeptSearch(ctx, ctx.sql, page), sealed: true };
};

/** What a POST asks: the parameters in the body, beside those in the URL. FHIR R4 http.html#search */
export const askedByForm = ({ call }: FhirRequest): Asked => {
  const form = new URLSearchParams(Buffer.from(call.body).toString('utf8'));
  return { query: new URLSearchParams([...call.query, ...form]), sealed: true };
};

/** What was ignored is said in the searchset itself (FHIR R4 search.html#errors). */
const ignoredEntry = (request: FhirRequest, { searched, ignored }: Found): EntryText[] => {
  if (ignored.length === 0) return [];
  const faults = ignored.map((name) => ({
    detail: `The parameter '${name.slice(0, 64)}' was ignored: ${searched} has no such search parameter here`,
    at: name.slice(0, 64),
    severity: 'warning' as const,
    issue: 'not-supported',
  }));
  const { body } = renderOutcome(problem(INVALID_PARAMETER, faults), request.ctx.dialect, false);
  return [{ resource: body, search: { mode: 'outcome' } }];
};

/** Only what stood in the URL of a search by POST comes back in one. */
const shownInUrl = (used: string, url: URLSearchParams): string =>
  new URLSearchParams([...new URLSearchParams(used)].filter(([name]) => url.has(name))).toString();

/** The Bundle that says what was found. */
export const searchset = async (request: FhirRequest, asked: Asked, found: Found): Promise<Outcome> => {
  const { call, ctx } = request;
  const { result, path } = found;
  const base = fhirBase(call);
  const linkTo = (query: string): string => `${base}${path === '' ? '' : `/${path}`}${query === '' ? '' : `?${query}`}`;
  const entryOf = (mode: 'match' | 'include', { type, id, body }: StoredVersion): EntryText => ({
    fullUrl: `${base}/${type}/${id}`,
    resource: subsetText(body, subsetOf(asked.query, type)),
    search: { mode },
  });
  const self = asked.sealed ? shownInUrl(result.self, call.query) : result.self;
  const links: BundleLink[] = [{ relation: 'self', url: linkTo(self) }];
  if (result.next !== undefined) {
    const next = asked.sealed ? `${PAGE_PARAMETER}=${await keepSearch(ctx, result.next)}` : result.next;
    links.push({ relation: 'next', url: linkTo(next) });
  }
  return {
    status: 200,
    body: bundleText({
      type: 'searchset',
      timestamp: ctx.now(),
      total: result.total,
      links,
      entries: [
        ...result.matches.map((match) => entryOf('match', match)),
        ...result.included.map((included) => entryOf('include', included)),
        ...ignoredEntry(request, found),
      ],
    }),
  };
};
