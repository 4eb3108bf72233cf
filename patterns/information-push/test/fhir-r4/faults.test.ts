import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { member } from '../../../../sandbox/act-values.ts';
import type { MessageFault } from '../../../../sandbox/dialect.ts';
import { type NewFault, replaceFaults } from '../../../../sandbox/faults.ts';
import { loadSandbox } from '../../../../sandbox/participants.ts';
import { type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

const DAY = 24 * 3_600_000;
let played: Played;
beforeAll(async () => {
  played = await play(await loadThisPattern());
});
afterAll(() => played.close());

let count = 0;
const notify = async (input: object, fault?: NewFault): Promise<string> => {
  count += 1;
  const id = `f${count}`;
  await played.open(id, { dialect: 'fhir-r4', seed: 1, people: 0 });
  const sandbox = await loadSandbox(played.host.sql, id);
  if (fault !== undefined)
    await played.host.sql.transaction((tx) => replaceFaults(tx, sandbox?.row.serial ?? 0, [fault]));
  await played.act(id, 'sender', 'send-notification', { patient: '9000000009', ...input });
  await played.settled(id);
  return id;
};
// Both acts list objects.
const sent = async (id: string) =>
  member(await played.act(id, 'sender', 'list-sent'), 'sent') as readonly { readonly state: string }[];
const received = async (id: string) =>
  member(await played.act(id, 'recipient', 'list-received'), 'received') as readonly { readonly times: number }[];

const seen = async (id: string): Promise<readonly string[]> =>
  (await played.exchanges(id)).flatMap(({ fault }) => fault?.replace(/ \(.*\)/, '') ?? []);
/** A notification that is struck, one behind it, and what both ends say of them at once and after five days. */
const lesson = async (input: object, fault?: NewFault) => {
  const id = await notify(input, fault);
  await played.act(id, 'sender', 'send-notification', { patient: '9000000017' });
  await played.settled(id);
  const told = async () => ({
    received: (await received(id)).map(({ times }) => times),
    sent: (await sent(id)).map(({ state }) => state),
  });
  const atOnce = await told();
  await played.advance(id, 5 * DAY + 3 * 60_000);
  return { atOnce, later: await told(), faults: await seen(id) };
};

describe('a notification that goes wrong on purpose', () => {
  it.each<[MessageFault, string, string]>([
    ['drop', 'deliver', '9990000700'],
    ['delay', 'deliver', '9990000719'],
    ['late', 'deliver', '9990000743'],
    ['reorder', 'deliver', '9990000735'],
    ['duplicate', 'deliver', '9990000727'],
    ['nack', 'deliver', '9990000778'],
    ['uncorrelated', 'hand-over', '9990000751'],
  ])(
    'meets %s on the queue %s, by the API or for the number %s, and is the same, and the same again',
    async (as, operation, number) => {
      const acknowledge = as === 'uncorrelated';
      const participant = operation === 'deliver' ? 'broker' : 'recipient';
      const fault = { participant, operation, times: 1, effect: { kind: 'message', as } } as const;
      const told = () => lesson({ patient: number, acknowledge });
      const struck = await told();
      expect(struck.faults.length).toBeGreaterThan(0);
      expect(await told()).toEqual(struck);
      expect(await lesson({ acknowledge }, fault)).toEqual(struck);
      const unharmed = await lesson({ acknowledge });
      expect(unharmed.faults).toEqual([]);
      expect(unharmed).not.toEqual({ ...struck, faults: [] });
    },
  );

  it('is late: it has expired when it comes, and its sender is told', async () => {
    const id = await notify({ patient: '9990000743' });
    await played.advance(id, 5 * DAY + 3 * 60_000);
    expect(await received(id)).toEqual([]);
    expect(await sent(id)).toMatchObject([{ state: 'not-delivered' }]);
  });

  it('comes twice, and has one effect', async () => {
    expect(await received(await notify({ patient: '9990000727' }))).toMatchObject([{ times: 2 }]);
  });

  it('is acknowledged for something that was never sent, which changes nothing', async () => {
    const id = await notify({ patient: '9990000751', acknowledge: true });
    expect(await received(id)).toMatchObject([{ times: 1 }]);
    expect(await sent(id)).toMatchObject([{ state: 'accepted' }]);
  });
});
