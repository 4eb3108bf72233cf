import type { SandboxApi } from '../data/api.ts';
import type { Exchange } from '../data/sandbox-types.ts';
import { createJournalStore, type JournalStore } from './journal-store.ts';

export type FeedState = 'connecting' | 'live' | 'interrupted' | 'closed';

export interface JournalFeed {
  readonly store: JournalStore;
  start(): void;
  stop(): void;
}

const PAGE = 1000;

/** Reads the journal in pages up to now, then follows it by server-sent events; tells once a frame that something came. */
export const createJournalFeed = (api: SandboxApi, changed: (state: FeedState) => void): JournalFeed => {
  const store = createJournalStore();
  let source: EventSource | undefined;
  let state: FeedState = 'connecting';
  let stopped = false;
  let frame = 0;
  const tell = (next: FeedState = state): void => {
    state = next;
    if (frame !== 0 || stopped) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      changed(state);
    });
  };
  const follow = (): void => {
    source = api.events(store.cursor());
    source.addEventListener('open', () => tell('live'));
    source.addEventListener('exchange', (event) => {
      const exchange: Exchange = JSON.parse(event.data);
      store.add(exchange);
      tell();
    });
    // The browser tries again by itself, with Last-Event-ID, unless the service refused.
    source.addEventListener('error', () => tell(source?.readyState === EventSource.CLOSED ? 'closed' : 'interrupted'));
  };
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const { items } = await api.exchanges(store.cursor(), PAGE);
      if (stopped) return;
      for (const exchange of items) store.add(exchange);
      tell();
      if (items.length < PAGE) return;
    }
  };
  return {
    store,
    start() {
      catchUp().then(
        () => {
          if (!stopped) follow();
        },
        () => tell('closed'),
      );
    },
    stop() {
      stopped = true;
      source?.close();
      cancelAnimationFrame(frame);
    },
  };
};
