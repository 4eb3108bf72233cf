/** One place in the product: which page it is, and what its URL says. */
export interface Place {
  readonly page: PageName;
  readonly path: string;
  /** Path and query, without the fragment. */
  readonly href: string;
  readonly params: Readonly<Record<string, string>>;
  readonly search: URLSearchParams;
}

export type PageName =
  | 'home'
  | 'question'
  | 'check'
  | 'outcome'
  | 'decisions'
  | 'decision'
  | 'patterns'
  | 'pattern'
  | 'sandbox'
  | 'hl7'
  | 'check-system'
  | 'run'
  | 'not-found';

const ROUTES: readonly (readonly [PageName, RegExp])[] = [
  ['home', /^\/$/],
  ['question', /^\/guide$/],
  ['check', /^\/guide\/check$/],
  ['outcome', /^\/guide\/outcome$/],
  ['decisions', /^\/decisions$/],
  ['decision', /^\/decisions\/(?<id>[^/]+)$/],
  ['patterns', /^\/patterns$/],
  ['pattern', /^\/patterns\/(?<id>[^/]+)$/],
  ['hl7', /^\/hl7$/],
  ['check-system', /^\/conformance$/],
  ['run', /^\/conformance\/(?<id>[^/]+)$/],
  ['sandbox', /^\/sandboxes\/(?<id>[^/]+)$/],
];

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A trailing slash makes no difference; what no route knows is `not-found`. */
export const placeOf = (url: URL): Place => {
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/+$/, '') : url.pathname;
  const href = `${path}${url.search}`;
  for (const [page, pattern] of ROUTES) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const params = Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decode(value)]));
    return { page, path, href, params, search: url.searchParams };
  }
  return { page: 'not-found', path, href, params: {}, search: url.searchParams };
};
