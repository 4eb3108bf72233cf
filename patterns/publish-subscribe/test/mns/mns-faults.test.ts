import { describe, expect, it } from 'vitest';
import type { MessageFault } from '../../../../sandbox/dialect.ts';
import { sandboxes } from '../sandboxes.test-data.ts';

/** A number that stands for nothing. */
const PLAIN = '9000000017';

/** No heartbeat, no handshake and nothing that answers: so there is no silence, no failed handshake and no wrong answer. */
describe('each fault of the broker in MNS, by the API and by a value', () => {
  const { open, act, listed, advance, fault, seen } = sandboxes('mns');

  const lesson = async (number: string, as?: MessageFault) => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-to-events');
    const effect = as && ({ kind: 'message', as } as const);
    if (effect !== undefined) await fault(box, { participant: 'broker', operation: 'notify', times: 1, effect });
    await act(box, 'publisher', 'change-address', { patient: number });
    await act(box, 'publisher', 'change-address', { patient: PLAIN });
    const told = async () => (await listed(box)).received.map(({ outcome, focus }) => [outcome, focus === PLAIN]);
    const atOnce = await told();
    await advance(box, 130_000);
    const faults = (await seen(box, 'notify')).flatMap((exchange) => exchange.fault ?? []);
    return { atOnce, later: await told(), faults: faults.map((text) => text.replace(/ \(.*\)/, '')) };
  };

  it.each<[MessageFault, string]>([
    ['drop', '9990000700'],
    ['delay', '9990000719'],
    ['late', '9990000743'],
    ['reorder', '9990000735'],
    ['duplicate', '9990000727'],
    ['nack', '9990000778'],
  ])('%s: is the same for %s, and the same again', async (as, number) => {
    const struck = await lesson(number);
    expect(struck.faults.length).toBeGreaterThan(0);
    expect(await lesson(number)).toEqual(struck);
    expect(await lesson('9000000009', as)).toEqual(struck);
    const unharmed = await lesson('9000000009');
    expect(unharmed).not.toEqual({ ...struck, faults: [] });
  });

  it('comes twice into the queue, or not at all', async () => {
    const box = await open();
    await act(box, 'subscriber', 'subscribe-to-events');
    await act(box, 'publisher', 'change-address', { patient: '9990000727' });
    await act(box, 'publisher', 'change-address', { patient: '9990000700' });
    expect((await listed(box)).received.map(({ outcome }) => outcome)).toEqual(['repeat', 'new']);
  });
});
