import type { Addresses } from './deliveries.ts';
import { type ListenOptions, type RunningProxy, standBetween } from './stand-between.ts';

export interface HttpProxyOptions extends ListenOptions {
  /** Base URL of the system that answers. */
  readonly upstream: string;
  /** By what addresses that messages name are replaced, and put back in answers. */
  readonly addresses?: Addresses;
}

/**
 * Stands between two systems over HTTP: what comes is handed on as it is, and so is the answer, except that the upstream's
 * own address in Location, Content-Location, Link and in text is replaced by ours, so that what follows passes here, too.
 * Compression is not asked for, so that what passes can be read. WebSocket and server-sent events pass; events are kept.
 */
export const startHttpProxy = async ({ upstream, addresses, ...options }: HttpProxyOptions): Promise<RunningProxy> => {
  const { origin, pathname } = new URL(upstream);
  const root = pathname.replace(/\/+$/, '');
  const belowOf = (path: string): string => (path.startsWith(root) ? path.slice(root.length) || '/' : path);
  const proxy = await standBetween({
    ...options,
    ...(addresses === undefined ? {} : { outwards: addresses.outwards }),
    placeOf: (path) => ({ url: `${origin}${path}`, below: belowOf(path) }),
    inwards: (text, own) => {
      const told = text.replaceAll(origin, own);
      return addresses === undefined ? told : addresses.inwards(told);
    },
  });
  return { ...proxy, url: `${proxy.url}${root}` };
};
