import type { Dialect } from '../dialect.ts';
import type { RequestHeaders } from './headers.ts';

/*
 * A dialect may carry the version of a record in a header of its own (`concurrency.header`), the same in request and reply,
 * and as a number. Handlers know If-Match and ETag, so it is put into words for them here; those of a dialect that has
 * handlers of its own may look at its header themselves.
 */
type Named = Pick<Dialect, 'concurrency'> | undefined;

/** In lower case; undefined where the version travels as HTTP has it. */
export const versionHeaderOf = (dialect: Named): string | undefined => dialect?.concurrency.header?.toLowerCase();

/** What a request says of versions as If-Match, and that alone: an If-Match means nothing where the API has another header. */
export const withIfMatch = (dialect: Named, headers: RequestHeaders): Readonly<Record<string, string | undefined>> => {
  const name = versionHeaderOf(dialect);
  if (name === undefined) return headers;
  const version = headers[name];
  const isNumber = dialect?.concurrency.form === 'number' && version !== undefined && /^\d+$/.test(version);
  return { ...headers, 'if-match': isNumber ? `W/"${version}"` : version };
};

/** The other way round, in place. */
export const sayVersion = (dialect: Named, headers: Record<string, string>): void => {
  const name = versionHeaderOf(dialect);
  const { etag } = headers;
  if (name === undefined || etag === undefined) return;
  delete headers.etag;
  headers[name] = dialect?.concurrency.form === 'number' ? etag.replace(/^(?:W\/)?"(.*)"$/, '$1') : etag;
  headers['access-control-expose-headers'] += `, ${name}`;
};
