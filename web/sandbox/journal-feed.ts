import type { SandboxApi } from '../data/api.ts';
import type { Exchange } from '../data/sandbox-types.ts';
import { createJournalStore, type JournalStore } from './journal-store.ts';

export type FeedState = 'connecting' | 'live' | 'interrupted' | 'closed' | 'gone';

export interface JournalFeed {
  readonly store: JournalStore;
  start(): void;
  stop(): void;
}

export interface FeedListener {
  /** Something came, or the connection is another: once a frame. */
  changed(state: FeedState): void;
  /** The sandbox itself was changed, by whomever: a seat, the clock, a fault. Once for each version of the exchange. */
  controlled(): void;
  /** The journal was emptied and the sandbox is back in its seeded state; the store is empty already. */
  emptied(): void;
}

/** What is used of an EventSource. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

const PAGE = 1000;

/** Reads the journal in pages up to now, then follows it by server-sent events. */
export const createJournalFeed = (
  api: Pick<SandboxApi, 'exchanges'> & { events(after: string | undefined): EventStream },
  { changed, controlled, emptied }: FeedListener,
): JournalFeed => {
  const store = createJournalStore();
  let source: EventStream | undefined;
  let state: FeedState = 'connecting';
  let stopped = false;
  let generation: number | undefined;
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
      if (exchange.kind === 'control') controlled();
    });
    const begin = (event: MessageEvent<string>): void => {
      const told: { readonly generation: number } = JSON.parse(event.data);
      const other = generation !== undefined && generation !== told.generation;
      generation = told.generation;
      if (!other) return;
      store.clear();
      tell();
      emptied();
    };
    // It comes with every connection, so that a reset while there was none is not missed.
    source.addEventListener('generation', begin);
    source.addEventListener('reset', begin);
    // The last event of all: the browser would only try again, and be refused.
    source.addEventListener('gone', () => {
      source?.close();
      tell('gone');
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
