import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
/** A referral that is rejected at once, by a sandbox in which this goes wrong. */
const refer = async (dialect: string, patient: string, as?: string): Promise<string> => {
  count += 1;
  const id = `f${count}`;
  await played.open(id, { dialect, seed: 1, people: 0 });
  const fault = { participant: 'requester', operation: 'respond', effect: { kind: 'message', as } } as NewFault;
  const provider = { ...fault, participant: 'provider' };
  const sandbox = await loadSandbox(played.host.sql, id);
  if (as !== undefined)
    await played.host.sql.transaction((tx) => replaceFaults(tx, sandbox?.row.serial ?? 0, [provider]));
  await played.act(id, 'requester', 'send-referral', { patient });
  await played.settled(id);
  await played.act(id, 'provider', 'reject', {});
  await played.settled(id);
  return id;
};
const requests = (id: string) => played.act(id, 'requester', 'list-requests');
const answers = async (id: string): Promise<number> =>
  (await played.exchanges(id)).filter(({ from, operation }) => from === 'provider' && operation === 'processMessage')
    .length;
const PLAIN = '9000000009';

describe.each(['fhir-r4', 'bars'])('an answer that goes wrong on purpose, in %s', (dialect) => {
  it.each([
    ['by the API', PLAIN, 'late'],
    ['by a sentinel', '9990000743', undefined],
  ])('comes late, %s: when the request is overdue, and is taken in all the same', async (_, patient, as) => {
    const id = await refer(dialect, patient, as);
    await played.advance(id, 2 * DAY);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'overdue', answers: [] }] });
    await played.advance(id, 2 * 60_000);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'answered', answers: [{ late: true }] }] });
  });

  it.each([
    ['by the API', PLAIN, 'uncorrelated'],
    ['by a sentinel', '9990000751', undefined],
  ])('answers what was never asked, %s, and is set aside while the request stays open', async (_, patient, as) => {
    const id = await refer(dialect, patient, as);
    expect(await requests(id)).toMatchObject({
      requests: [{ state: 'acknowledged', answers: [] }],
      setAside: [{ reason: expect.stringContaining('never asked here') }],
    });
    const struck = (await played.exchanges(id)).find(({ fault }) => fault !== undefined);
    expect(struck).toMatchObject({ kind: 'message', fault: expect.stringContaining('message uncorrelated') });
  });

  it.each([
    ['duplicate', '9990000727', 2, 'answered'],
    ['drop', '9990000700', 0, 'acknowledged'],
  ])('is %s by the API and for the number %s', async (as, number, times, state) => {
    for (const id of [await refer(dialect, PLAIN, as), await refer(dialect, number)]) {
      expect(await answers(id)).toBe(times);
      expect(await requests(id)).toMatchObject({ requests: [{ state }] });
    }
  });

  it.each([
    ['delay', '9990000719', 61_000],
    ['nack', '9990000778', 61_000],
    ['reorder', '9990000735', 2_000],
  ])('is brought later where it meets %s, by the API and for the number %s', async (as, number, wait) => {
    for (const id of [await refer(dialect, PLAIN, as), await refer(dialect, number)]) {
      expect(await answers(id)).toBe(0);
      await played.advance(id, wait);
      expect(await requests(id)).toMatchObject({ requests: [{ state: 'answered' }] });
    }
  });
});
