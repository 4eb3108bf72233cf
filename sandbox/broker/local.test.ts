import { describe, expect, it } from 'vitest';
import { brokerContract } from './contract.ts';
import { message, openInbox } from './contract-inbox.ts';
import { openBroker } from './open.ts';

brokerContract('local', { open: () => openBroker('local:'), nodes: 'one' });

describe('the local driver', () => {
  it('keeps the order of a key over several consumers', async () => {
    const broker = await openBroker('local:');
    const running: string[] = [];
    const handler = async ({ id }: { id: string }): Promise<void> => {
      running.push(`begin ${id}`);
      await new Promise((resolve) => setImmediate(resolve));
      running.push(`end ${id}`);
    };
    const inboxes = [await openInbox(broker, 'q', {}, handler), await openInbox(broker, 'q', {}, handler)];
    for (const id of ['a', 'b', 'c']) await broker.send('q', message(id, { key: 'same' }));
    const [one, two] = inboxes;
    while ((one?.handled.length ?? 0) + (two?.handled.length ?? 0) < 3)
      await new Promise((resolve) => setImmediate(resolve));
    expect(running).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
    await broker.close();
  });
});
