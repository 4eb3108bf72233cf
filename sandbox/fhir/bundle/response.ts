import type { Rendered } from '../../http/render.ts';
import { STATUS_CODES } from '../../node-http.ts';
import type { Reply } from '../../pattern.ts';
import type { EntryText } from '../bundle-text.ts';
import { goodOutcome, type Outcome } from '../outcome.ts';
import type { Preference } from '../prefer.ts';
import { versionPath } from '../reply.ts';
import { etagOf } from '../stored.ts';
import type { Entry } from './entry.ts';

const statusLine = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`.trim();

const instant = (httpDate: string | undefined): string | undefined =>
  httpDate === undefined ? undefined : new Date(httpDate).toISOString();

/** `…/Patient/1/_history/2` → `…/Patient/1` */
const withoutVersion = (location: string): string => location.replace(/\/_history\/[^/]+$/, '');

const fullUrlOf = (base: string, entry: Entry, location: string | undefined): string | undefined => {
  if (location !== undefined) return withoutVersion(location);
  const { operationId, params } = entry.route;
  // What a search, a history or an operation gives is no resource that is here.
  if (entry.verb === 'GET' && operationId !== 'readResource' && operationId !== 'vreadResource') return undefined;
  const { type, id } = params;
  return type !== undefined && id !== undefined ? `${base}/${type}/${id}` : undefined;
};

/** The entry of a response bundle for a request that went well (FHIR R4 bundle.html#Bundle.entry.response). */
export const repliedEntry = (base: string, entry: Entry, reply: Reply): EntryText => {
  const { headers = {}, body } = reply;
  const text = typeof body === 'string' && body !== '' && entry.verb !== 'HEAD' ? body : undefined;
  // What was read is the resource that was asked for, even where it is an OperationOutcome.
  const isOutcome = entry.verb !== 'GET' && text?.startsWith('{"resourceType":"OperationOutcome"') === true;
  const fullUrl = entry.verb === 'DELETE' ? undefined : fullUrlOf(base, entry, headers.location);
  return {
    ...(fullUrl === undefined ? {} : { fullUrl }),
    ...(text === undefined || isOutcome ? {} : { resource: text }),
    response: {
      status: statusLine(reply.status),
      location: headers.location,
      etag: headers.etag,
      lastModified: instant(headers['last-modified']),
      outcome: isOutcome ? text : undefined,
    },
  };
};

/** The same for an outcome that never was a reply. Bodies come only where Prefer asks: a bundle's answer is long enough. */
export const outcomeEntry = (base: string, outcome: Outcome, prefer: Preference): EntryText => {
  const { version, status, located, done } = outcome;
  const kept = version !== undefined && outcome.method !== 'DELETE';
  return {
    ...(kept ? { fullUrl: `${base}/${version.type}/${version.id}` } : {}),
    ...(kept && prefer.return === 'representation' ? { resource: version.body } : {}),
    response: {
      status: statusLine(status),
      location: located === true && version !== undefined ? `${base}/${versionPath(version)}` : undefined,
      etag: version === undefined ? undefined : etagOf(version.version),
      lastModified: version === undefined ? undefined : new Date(version.updated).toISOString(),
      outcome: prefer.return === 'OperationOutcome' && done !== undefined ? goodOutcome(done) : undefined,
    },
  };
};

export const failedEntry = (rendered: Rendered): EntryText => ({
  response: { status: statusLine(rendered.status), outcome: rendered.body },
});

/** bdl-7: no fullUrl twice in a bundle, but for another version. What is read again stands under it the first time. */
export const distinct = (entries: readonly EntryText[]): EntryText[] => {
  const seen = new Set<string>();
  return entries.map((entry) => {
    const { fullUrl, ...rest } = entry;
    if (fullUrl === undefined) return entry;
    const name = `${fullUrl} ${entry.resource === undefined ? '' : entry.response?.etag}`;
    if (seen.has(name)) return rest;
    seen.add(name);
    return entry;
  });
};
