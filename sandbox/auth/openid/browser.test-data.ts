import { createHash, randomBytes } from 'node:crypto';

/** As much of a browser as signing in takes: it keeps cookies by path, and follows redirects that stay with the service. */
export const openBrowser = (send: (url: string, init: RequestInit) => Promise<Response> = fetch) => {
  const jar = new Map<string, { value: string; path: string }>();
  const keep = (reply: Response): void => {
    for (const line of reply.headers.getSetCookie()) {
      const [pair = '', ...rest] = line.split(/;\s*/);
      const [name = '', value = ''] = pair.split('=');
      const path = rest.find((part) => /^path=/i.test(part))?.slice(5) ?? '/';
      if (value === '') jar.delete(`${name} ${path}`);
      else jar.set(`${name} ${path}`, { value, path });
    }
  };
  const cookiesFor = ({ pathname }: URL): string =>
    [...jar]
      .flatMap(([key, { value, path }]) => (pathname.startsWith(path) ? [`${key.split(' ')[0]}=${value}`] : []))
      .join('; ');
  const go = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(address);
    const headers = { accept: 'text/html', cookie: cookiesFor(url), ...init.headers };
    const reply = await send(url.href, { ...init, headers, redirect: 'manual' });
    keep(reply);
    return reply;
  };
  /** Until there is a page, or a redirect to somewhere else, which is given back. */
  const follow = async (
    address: string,
    init: RequestInit = {},
  ): Promise<{ url: string; reply: Response | undefined }> => {
    let [url, reply] = [address, await go(address, init)];
    for (;;) {
      const location = reply.headers.get('location');
      if (location === null) return { url, reply };
      const next = new URL(location, url);
      if (next.origin !== new URL(address).origin) return { url: next.href, reply: undefined };
      [url, reply] = [next.href, await go(next.href)];
    }
  };
  return { go, follow, cookies: () => [...jar].map(([key]) => key) };
};

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export const newPkce = (): Pkce => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
};
