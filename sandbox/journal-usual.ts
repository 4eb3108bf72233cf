type Headers = Readonly<Record<string, string>>;

/**
 * Sets of headers that stand on every answer of the edge. A row of the journal names the set in their place, which is half
 * of what a reply is journalled as. Rows outlive releases: a set is never changed, only followed by another, and what is
 * not, value for value, in the newest one is written out.
 */
export const USUAL: Readonly<Record<number, Headers>> = {
  1: {
    'access-control-allow-origin': '*',
    'access-control-expose-headers':
      'ETag, Location, Content-Location, Last-Modified, Retry-After, Allow, WWW-Authenticate, X-Request-ID, X-Correlation-ID',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  },
  2: {
    'access-control-allow-origin': '*',
    'access-control-expose-headers':
      'ETag, E-Tag, Location, Content-Location, Last-Modified, Retry-After, Allow, WWW-Authenticate, X-Request-ID, X-Correlation-ID',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  },
};

export const NEWEST = 2;
const newest = Object.entries(USUAL[NEWEST] ?? {});
const names = new Set(newest.map(([name]) => name));

/** The headers besides the newest set; undefined where one of that set is missing or says something else. */
export const besidesUsual = (headers: Headers): Headers | undefined => {
  for (const [name, value] of newest) if (headers[name] !== value) return undefined;
  const rest: Record<string, string> = {};
  for (const name of Object.keys(headers)) if (!names.has(name)) rest[name] = headers[name] ?? '';
  return rest;
};

/** As they were sent: the set first, as the edge begins with it. */
export const withUsual = (set: number | undefined, headers: Headers): Headers =>
  set === undefined ? headers : { ...USUAL[set], ...headers };
