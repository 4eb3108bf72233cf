import type { Outcome } from '../outcome.ts';
import { requireTestNumbers } from '../real-numbers.ts';
import { fhirBases } from '../reply.ts';
import { parseSearch, runSearch, type SearchOptions } from '../search/query.ts';
import { spaceOfType } from '../space-of-type.ts';
import { subsetOf } from '../subset.ts';
import { type FhirRequest, operation } from './operation.ts';
import { type Asked, askedByForm, askedByUrl, searchset } from './searchset.ts';

/** How parameters are to be understood in this request. */
export const searchOptionsOf = ({ call, ctx, prefer }: FhirRequest): SearchOptions => ({
  bases: fhirBases(call),
  now: ctx.now(),
  ...(ctx.dialect.pages === undefined
    ? {}
    : { defaultCount: ctx.dialect.pages.usual, maxCount: ctx.dialect.pages.most }),
  ...(prefer.handling === undefined ? {} : { handling: prefer.handling }),
});

const search = async (request: FhirRequest, asked: Asked): Promise<Outcome> => {
  const { ctx } = request;
  const type = request.param('type');
  spaceOfType(ctx.store, type);
  requireTestNumbers(ctx, asked.query);
  const parsed = parseSearch(type, asked.query, searchOptionsOf(request));
  // What cannot be shown is refused before anything is read.
  subsetOf(asked.query, type);
  const result = await runSearch(ctx, parsed);
  return searchset(request, asked, { result, path: type, searched: type, ignored: parsed.ignored });
};

/** FHIR R4 search.html */
export const searchType = operation('searchType', { type: ['search-type'] }, async (request) =>
  search(request, await askedByUrl(request)),
);

/** The same with the parameters in the body, beside those in the URL. FHIR R4 http.html#search */
export const searchTypePost = operation('searchTypePost', {}, async (request) => search(request, askedByForm(request)));
