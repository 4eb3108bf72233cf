import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { member } from '../../../sandbox/act-values.ts';
import { type NewFault, replaceFaults } from '../../../sandbox/faults.ts';
import { loadSandbox } from '../../../sandbox/participants.ts';
import { type Played, play } from '../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../loaded.ts';

const DAY = 24 * 3_600_000;
let played: Played;
beforeAll(async () => {
  played = await play(loadThisPattern());
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
const sent = async (id: string) => member(await played.act(id, 'sender', 'list-sent'), 'sent');
const received = async (id: string) => member(await played.act(id, 'recipient', 'list-received'), 'received');

describe('a notification that goes wrong on purpose', () => {
  it.each([
    [
      'by the API',
      {},
      { participant: 'broker', operation: 'deliver', times: 1, effect: { kind: 'message', as: 'late' } } as const,
    ],
    ['by a sentinel', { patient: '9990000743' }, undefined],
  ])('is late, %s: it has expired when it comes, and its sender is told', async (_, input, fault) => {
    const id = await notify(input, fault);
    await played.advance(id, 5 * DAY + 3 * 60_000);
    expect(await received(id)).toEqual([]);
    expect(await sent(id)).toMatchObject([{ state: 'not-delivered' }]);
  });

  it('comes twice for a sentinel, and has one effect', async () => {
    expect(await received(await notify({ patient: '9990000727' }))).toMatchObject([{ times: 2 }]);
  });

  it('is acknowledged for something that was never sent, which changes nothing', async () => {
    const id = await notify(
      { acknowledge: true },
      { participant: 'recipient', operation: 'hand-over', effect: { kind: 'message', as: 'uncorrelated' } },
    );
    expect(await received(id)).toMatchObject([{ times: 1 }]);
    expect(await sent(id)).toMatchObject([{ state: 'accepted' }]);
  });
});
