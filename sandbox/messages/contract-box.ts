import { afterEach } from 'vitest';
import type { Consumer } from '../pattern.ts';
import { type Engines, type MessageHarness, openMessages, type Seats } from './engine-harness.test-data.ts';

/** For the cases of a contract: a sandbox whose one consumer, of `helper`, a case brings; closed after it. */
export const useBox = (engines: () => Promise<Engines>) => {
  let open: MessageHarness | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  return async (
    handle: Consumer['handle'],
    more: Partial<Consumer> = {},
    seats: Seats = {},
  ): Promise<MessageHarness> => {
    open = await openMessages({ work: { participant: 'helper', handle, ...more } }, await engines(), seats);
    return open;
  };
};
