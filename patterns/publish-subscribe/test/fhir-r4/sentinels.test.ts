import { describe, expect, it } from 'vitest';
import { sandboxes } from '../sandboxes.test-data.ts';

describe('news about a number that stands for a fault, by topic', () => {
  const { open, act, listed, advance } = sandboxes();
  const subscribed = async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe', { heartbeat: 0 });
    return box;
  };

  it.each([
    ['is lost, which shows as a number that is missing, and is recovered', '9990000700'],
    ['comes late, when it has been recovered already, and is a repeat', '9990000743'],
  ])('%s', async (_, number) => {
    const box = await subscribed();
    await act(box, 'publisher', 'change-address', { patient: number });
    await act(box, 'publisher', 'change-address', { patient: '9000000017' });
    expect((await listed(box)).subscriptions).toMatchObject([{ number: 2, missing: [1] }]);
    await advance(box, 61_000);
    expect((await listed(box)).received[0]).toMatchObject({ outcome: 'recovered', event: '1' });
    await advance(box, 120_000);
    const outcomes = (await listed(box)).received.map(({ outcome }) => outcome);
    expect(outcomes.includes('repeat')).toBe(number === '9990000743');
  });

  it('comes twice, is overtaken, or is refused once by the broker', async () => {
    const box = await subscribed();
    await act(box, 'publisher', 'change-address', { patient: '9990000727' });
    expect((await listed(box)).received.map(({ outcome }) => outcome)).toEqual(['repeat', 'new', 'noted']);
    await act(box, 'publisher', 'change-address', { patient: '9990000735' });
    await act(box, 'publisher', 'change-address', { patient: '9990000778' });
    await act(box, 'publisher', 'change-address', { patient: '9000000017' });
    await advance(box, 20_000);
    const order = (await listed(box)).received.map(({ event }) => event);
    expect(order.indexOf('2')).toBeLessThan(order.indexOf('1'));
    expect((await listed(box)).subscriptions).toMatchObject([{ number: 4, missing: [] }]);
  });
});
