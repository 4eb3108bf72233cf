import { describe, expect, it } from 'vitest';
import type { MessageFault } from '../../../../sandbox/dialect.ts';
import { sandboxes } from '../sandboxes.test-data.ts';

interface Case {
  readonly as: MessageFault;
  /** The number that does the same. */
  readonly number: string;
  /** Which messages about whom the subscription is about; a change of the record unless told. */
  readonly of?: 'heartbeat' | 'handshake';
}

/** A number that stands for nothing. */
const PLAIN = '9000000017';

describe('each fault of the broker, by the API and by a value', () => {
  const { open, act, listed, advance, fault, seen } = sandboxes();

  /**
   * Subscribes, changes a record that a fault may be meant for and another one, and lets two minutes pass. No heartbeat is due
   * at the time at which a number that is missing is recovered.
   */
  const lesson = async (number: string, about: string | undefined, one?: Case) => {
    const box = await open();
    const switchOn = async ({ as, of }: Case): Promise<void> => {
      const which = of === undefined ? { times: 1 } : { match: of };
      await fault(box, { participant: 'broker', operation: 'notify', ...which, effect: { kind: 'message', as } });
    };
    if (one?.of !== undefined) await switchOn(one);
    const filter = about === undefined ? {} : { filter: `Patient?identifier=${about}` };
    await act(box, 'subscriber', 'subscribe', { heartbeat: 45, ...filter });
    if (one !== undefined && one.of === undefined) await switchOn(one);
    await act(box, 'publisher', 'change-address', { patient: number });
    await act(box, 'publisher', 'change-address', { patient: about ?? PLAIN });
    await advance(box, 130_000);
    const { subscriptions, received } = await listed(box);
    const faults = (await seen(box, 'notify')).flatMap((exchange) => exchange.fault ?? []);
    return {
      subscriptions: subscriptions.map(({ state, missing }) => ({ state, missing })),
      received: received.map(({ kind, outcome, event }) => ({ kind, outcome, event })),
      faults: faults.map((text) => text.replace(/ \(.*\)/, '')),
    };
  };

  it.each<[string, Case]>([
    ['drop, which skips the number of an event', { as: 'drop', number: '9990000700' }],
    ['delay', { as: 'delay', number: '9990000719' }],
    ['late', { as: 'late', number: '9990000743' }],
    ['reorder', { as: 'reorder', number: '9990000735' }],
    ['duplicate', { as: 'duplicate', number: '9990000727' }],
    ['broker nack', { as: 'nack', number: '9990000778' }],
    ['silence', { as: 'drop', of: 'heartbeat', number: '9990000786' }],
    ['handshake failure', { as: 'drop', of: 'handshake', number: '9990000794' }],
  ])('%s: is the same, and the same again', async (_, one) => {
    const told = () => lesson(one.number, one.of === undefined ? undefined : one.number);
    const plain = one.of === undefined ? undefined : PLAIN;
    const struck = await told();
    expect(struck.faults.length).toBeGreaterThan(0);
    expect(await told()).toEqual(struck);
    expect(await lesson(PLAIN, plain, one)).toEqual(struck);
    const unharmed = await lesson(PLAIN, plain);
    expect(unharmed.faults).toEqual([]);
    expect(unharmed).not.toEqual(struck);
  });
});
