import { placeOf } from './routes.ts';

/** Asks the app to go somewhere without loading the document again. */
export const navigate = (href: string, how: 'push' | 'replace' = 'push'): void => {
  window.dispatchEvent(new CustomEvent('fp-navigate', { detail: { href, how } }));
};

interface Navigation {
  start(): void;
  stop(): void;
}

/** What a click on a link means: undefined where the browser should follow it itself. */
const destination = (event: MouseEvent): URL | undefined => {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  // SVG links are `a` elements too, with an animated href, so the attribute is what both have.
  const link = event.composedPath().find((node): node is Element => node instanceof Element && node.localName === 'a');
  const href = link?.getAttribute('href');
  if (link === undefined || href === null || href === undefined) return undefined;
  if (link.hasAttribute('download') || (link.getAttribute('target') ?? '_self') !== '_self') return undefined;
  const url = new URL(href, document.baseURI);
  const here = new URL(location.href);
  if (url.origin !== here.origin || placeOf(url).page === 'not-found') return undefined;
  if (url.hash !== '' && url.pathname === here.pathname && url.search === here.search) return undefined;
  return url;
};

/** History entries remember where the page was scrolled to, because pages arrive after the browser would restore it. */
const rememberScroll = (): void => {
  const state: unknown = history.state;
  history.replaceState({ ...(typeof state === 'object' ? state : {}), scroll: window.scrollY }, '');
};

export const rememberedScroll = (): number => {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && 'scroll' in state && typeof state.scroll === 'number'
    ? state.scroll
    : 0;
};

/** Follows links, Back and Forward, and calls `arrive` with how it came there. */
export const createNavigation = (arrive: (how: 'link' | 'history') => void): Navigation => {
  let shown = '';
  const here = (): string => `${location.pathname}${location.search}`;
  const go = (url: URL, how: 'push' | 'replace'): void => {
    rememberScroll();
    if (how === 'push') history.pushState({}, '', url);
    else history.replaceState({}, '', url);
    shown = here();
    arrive('link');
  };
  const onClick = (event: MouseEvent): void => {
    const url = destination(event);
    if (url === undefined) return;
    event.preventDefault();
    go(url, 'push');
  };
  const onAsked = (event: Event): void => {
    if (!(event instanceof CustomEvent)) return;
    const detail: { href: string; how: 'push' | 'replace' } = event.detail;
    go(new URL(detail.href, document.baseURI), detail.how);
  };
  const onHistory = (): void => {
    if (here() === shown) return;
    shown = here();
    arrive('history');
  };
  return {
    start() {
      shown = here();
      history.scrollRestoration = 'manual';
      document.addEventListener('click', onClick);
      window.addEventListener('fp-navigate', onAsked);
      window.addEventListener('popstate', onHistory);
      window.addEventListener('scrollend', rememberScroll);
    },
    stop() {
      document.removeEventListener('click', onClick);
      window.removeEventListener('fp-navigate', onAsked);
      window.removeEventListener('popstate', onHistory);
      window.removeEventListener('scrollend', rememberScroll);
    },
  };
};
