import { INVALID_PARAMETER, problem } from '../../problem.ts';
import { fitting } from '../answer-size.ts';
import { bundleText, type EntryText } from '../bundle-text.ts';
import { countVersions, type HistoryVersion, history, type Scope } from '../history.ts';
import { spanOf } from '../instant.ts';
import type { Outcome } from '../outcome.ts';
import { fhirBase } from '../reply.ts';
import { requireInstance, spaceOfType } from '../space-of-type.ts';
import { etagOf } from '../stored.ts';
import { type Subset, subsetOf, subsetText } from '../subset.ts';
import { type FhirRequest, operation } from './operation.ts';

const PAGE = 50;
const PAGE_MAX = 1000;
const STATUS: Readonly<Record<HistoryVersion['method'], string>> = {
  POST: '201 Created',
  PUT: '200 OK',
  PATCH: '200 OK',
  DELETE: '204 No Content',
};

const whole = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw problem(INVALID_PARAMETER, `${name} has to be a whole number, not '${text.slice(0, 40)}'`, { at: name });
};

const entryOf = (base: string, version: HistoryVersion, subset: Subset | undefined): EntryText => {
  const { type, id, method } = version;
  const created = method === 'PUT' && version.version === 1;
  return {
    fullUrl: `${base}/${type}/${id}`,
    ...(version.body === '' ? {} : { resource: subsetText(version.body, subset) }),
    request: { method, url: method === 'POST' ? type : `${type}/${id}` },
    response: {
      status: created ? '201 Created' : STATUS[method],
      etag: etagOf(version.version),
      lastModified: new Date(version.updated).toISOString(),
    },
  };
};

const linkTo = (request: FhirRequest, changed: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams(request.call.query);
  for (const [name, value] of Object.entries(changed)) query.set(name, value);
  const text = query.toString();
  return `${request.call.base}${request.call.path}${text === '' ? '' : `?${text}`}`;
};

const pageOf = async (request: FhirRequest, scope: Scope): Promise<Outcome> => {
  const { ctx, call } = request;
  const counts = call.query.get('_summary') === 'count';
  const subset = subsetOf(call.query, scope.type);
  const wanted = counts ? 0 : (whole(call.query, '_count') ?? PAGE);
  const limit = Math.min(wanted, PAGE_MAX);
  const before = whole(call.query, 'before');
  const since = call.query.get('_since');
  const at = call.query.get('_at');
  const when = {
    ...(since === null ? {} : { since: spanOf(since, '_since').from }),
    ...(at === null ? {} : { at: spanOf(at, '_at') }),
  };
  const found = await history(ctx, ctx.sql, scope, {
    limit: limit + 1,
    ...(before === undefined ? {} : { before }),
    ...when,
  });
  const page = found.slice(0, Math.min(limit, fitting(found)));
  const last = page.at(-1);
  const next = last !== undefined && page.length < found.length ? last.seq : undefined;
  // Free where all is on this page, and for one resource, whose versions are 1 to the newest; else it costs a count.
  const isWhole = before === undefined && page.length === found.length;
  const ofOne = scope.type !== undefined && scope.id !== undefined && since === null && at === null;
  const free = isWhole ? page.length : ofOne && before === undefined ? found[0]?.version : undefined;
  const total = free ?? (counts ? await countVersions(ctx, ctx.sql, scope, when) : undefined);
  const body = bundleText({
    type: 'history',
    timestamp: ctx.now(),
    total,
    links: [
      { relation: 'self', url: linkTo(request, {}) },
      ...(next === undefined ? [] : [{ relation: 'next' as const, url: linkTo(request, { before: String(next) }) }]),
    ],
    entries: page.map((version) => entryOf(fhirBase(call), version, subset)),
  });
  return { status: 200, body };
};

/** FHIR R4 http.html#history */
export const historyInstance = operation(
  'historyInstance',
  { type: ['history-instance'], resource: { readHistory: true } },
  async (request) => {
    const [type, id] = [request.param('type'), request.param('id')];
    requireInstance(request.ctx, type, id);
    return pageOf(request, { type, id });
  },
);

export const historyType = operation('historyType', { type: ['history-type'] }, async (request) => {
  const type = request.param('type');
  spaceOfType(request.ctx.store, type);
  return pageOf(request, { type });
});

export const historySystem = operation('historySystem', { system: ['history-system'] }, (request) =>
  pageOf(request, {}),
);
