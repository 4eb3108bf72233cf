import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJournalFeed, type EventStream } from './journal-feed.ts';

/** A connection; when the service comes back, a browser has the same listeners hear the new one. */
class Stream implements EventStream {
  readonly readyState = 1;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, listener);
  }
  close(): void {}
  say(name: string, data: object): void {
    this.#listeners.get(name)?.(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

const exchange = (id: string) => ({ id, kind: 'http', cursor: id, at: '2026-01-01T00:00:00Z', from: 'a', to: 'b' });

const open = async () => {
  const source = new Stream();
  const heard: string[] = [];
  let ask: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const feed = createJournalFeed(
    {
      exchanges: async () => ({ items: [] }),
      events: () => {
        ask?.();
        return source;
      },
    },
    { changed: () => undefined, controlled: () => undefined, emptied: () => heard.push('emptied') },
  );
  feed.start();
  await asked;
  source.say('generation', { generation: 1 });
  source.say('exchange', exchange('x1'));
  return { source, heard, lines: () => feed.store.lines().map(({ id }) => id) };
};

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', () => 1);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the feed of the journal', () => {
  it('goes on where it was when the connection comes back', async () => {
    const { source, heard, lines } = await open();
    source.say('generation', { generation: 1 });
    source.say('exchange', exchange('x2'));
    expect([lines(), heard]).toEqual([['x1', 'x2'], []]);
  });

  it.each(['reset', 'generation'])('begins anew when %s names another generation', async (name) => {
    const { source, heard, lines } = await open();
    source.say(name, { generation: 2 });
    expect([lines(), heard]).toEqual([[], ['emptied']]);
    source.say('exchange', exchange('x3'));
    source.say('generation', { generation: 2 });
    expect([lines(), heard]).toEqual([['x3'], ['emptied']]);
  });
});
