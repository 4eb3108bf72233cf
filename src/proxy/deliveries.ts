import { isLiveNhsHost } from '../../sandbox/conformance/live-host.ts';
import type { Passing } from '../../sandbox/conformance/passing.ts';
import { type ListenOptions, type Place, type RunningProxy, standBetween } from './stand-between.ts';

export interface DeliveryOptions extends ListenOptions {
  readonly delivered: NonNullable<Passing['delivered']>;
  /** Where whoever delivers reaches this, if not at the address that it listens on. */
  readonly publicUrl?: string;
  /** A live NHS host may be delivered to. */
  readonly allowLive: boolean;
}

/** How addresses in what passes are replaced, and put back. */
export interface Addresses {
  /** A message with ours in place of the address that it names, and what to say of that; undefined where it names none. */
  outwards(text: string): { readonly text: string; readonly note: string } | undefined;
  /** What comes back with theirs again. */
  inwards(text: string): string;
}

export interface Deliveries extends RunningProxy {
  readonly addresses: Addresses;
}

/** So many different addresses are replaced; a further one stays as it is. */
const PLACES_MAX = 1_000;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
/** As it stands within a text of JSON. */
const written = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * Stands between whoever delivers later and the addresses that others have named for that: in what passes, each of them is
 * replaced by one below ours, and what is delivered there is handed on to it. Only http and https are.
 */
export const startDeliveries = async (options: DeliveryOptions): Promise<Deliveries> => {
  const { delivered, allowLive, publicUrl } = options;
  const places: string[] = [];

  /** `/2/Patient/1`: below the second address. */
  const placeOf = (path: string): Place | undefined => {
    const [, number, rest = ''] = /^\/(\d+)(.*)$/s.exec(path) ?? [];
    const place = number === undefined ? undefined : URL.parse(places[Number(number) - 1] ?? '');
    if (place === undefined || place === null) return undefined;
    const [below = '', query] = rest.split('?');
    const search = [place.search.slice(1), query].filter((one) => one).join('&');
    const end = search === '' ? '' : `?${search}`;
    return {
      url: `${place.origin}${place.pathname.replace(/\/$/, '') || (below === '' ? '/' : '')}${below}${end}`,
      below: `${below || '/'}${end}`,
    };
  };

  const root = publicUrl === undefined ? '' : (URL.parse(publicUrl)?.pathname.replace(/\/+$/, '') ?? '');
  const proxy = await standBetween({
    ...options,
    placeOf: (path) => placeOf(path.startsWith(root) ? path.slice(root.length) : path),
    inwards: (text) => text,
  });
  const base = (publicUrl ?? proxy.url).replace(/\/+$/, '');

  /** Ours for theirs; undefined for what is not replaced. */
  const ours = (address: string): string | undefined => {
    const url = URL.parse(address);
    // What is not ASCII is not looked for in answers, which are read as bytes.
    if (url === null || !/^https?:$/.test(url.protocol) || !/^[!-~]+$/.test(address) || address.startsWith(`${base}/`))
      return undefined;
    if (!allowLive && isLiveNhsHost(url.hostname)) return undefined;
    if (!places.includes(address) && places.length < PLACES_MAX) places.push(address);
    const number = places.indexOf(address) + 1;
    return number === 0
      ? undefined
      : `${base}/${number}${url.pathname.endsWith('/') && url.pathname !== '/' ? '/' : ''}`;
  };

  return {
    url: base,
    close: proxy.close,
    addresses: {
      outwards: (text) => {
        const theirs = delivered.addressIn(parsed(text));
        const own = theirs === undefined ? undefined : ours(theirs);
        if (theirs === undefined || own === undefined) return undefined;
        return { text: text.replaceAll(written(theirs), written(own)), note: `${theirs} went on as ${own}` };
      },
      inwards: (text) =>
        places.reduceRight((told, theirs, index) => {
          const own = ours(theirs) ?? `${base}/${index + 1}`;
          return told.replaceAll(written(own), written(theirs));
        }, text),
    },
  };
};
