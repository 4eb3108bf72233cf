import { describe, expect, it } from 'vitest';
import { createLifecycle } from './lifecycle.ts';

describe('a lifecycle', () => {
  it('closes what was opened last first, each after the one before', async () => {
    const lifecycle = createLifecycle();
    const order: string[] = [];
    for (const name of ['store', 'journal', 'server']) {
      await lifecycle.use(name, {
        close: async () => {
          await Promise.resolve();
          order.push(name);
        },
      });
    }
    await lifecycle.close();
    expect(order).toEqual(['server', 'journal', 'store']);
  });

  it('runs every step even if some fail, and names those that did', async () => {
    const lifecycle = createLifecycle();
    const order: string[] = [];
    lifecycle.add('store', () => {
      order.push('store');
    });
    lifecycle.add('journal', () => {
      throw new Error('disk full');
    });
    lifecycle.add('server', async () => Promise.reject(new Error('stuck')));
    await expect(lifecycle.close()).rejects.toThrow(
      'Closing server failed: Error: stuck; Closing journal failed: Error: disk full',
    );
    expect(order).toEqual(['store']);
  });

  it('closes once and gives the same promise again', async () => {
    const lifecycle = createLifecycle();
    let closed = 0;
    lifecycle.add('counter', () => {
      closed += 1;
    });
    expect(lifecycle.close()).toBe(lifecycle.close());
    await lifecycle.close();
    expect(closed).toBe(1);
  });

  it('closes at once what is opened too late', async () => {
    const lifecycle = createLifecycle();
    let closed = false;
    await lifecycle.close();
    const late = {
      close: async () => {
        closed = true;
      },
    };
    await expect(lifecycle.use('late', late)).rejects.toThrow('late was opened while everything was being closed');
    expect(closed).toBe(true);
  });
});
