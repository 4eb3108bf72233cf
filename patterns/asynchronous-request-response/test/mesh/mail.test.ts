import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NewFault, replaceFaults } from '../../../../sandbox/faults.ts';
import { loadSandbox } from '../../../../sandbox/participants.ts';
import { type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
let played: Played;
beforeAll(async () => {
  played = await play(await loadThisPattern());
});
afterAll(() => played.close());

let count = 0;
const open = async (): Promise<string> => {
  count += 1;
  await played.open(`m${count}`, { dialect: 'mesh', seed: 1, people: 3 });
  return `m${count}`;
};
const refer = (id: string, patient = '9000000009') => played.act(id, 'requester', 'send-referral', { patient });
const requests = (id: string) => played.act(id, 'requester', 'list-requests');
const pass = (id: string, minutes = 6) => played.advance(id, minutes * MINUTE);
const sendings = async (id: string) =>
  (await played.exchanges(id)).filter(({ operation }) => operation === 'sendMessage');
const fault = async (id: string, ...rules: readonly NewFault[]): Promise<void> => {
  const sandbox = await loadSandbox(played.host.sql, id);
  await played.host.sql.transaction((tx) => replaceFaults(tx, sandbox?.row.serial ?? 0, rules));
};

describe('a referral by mail that asks for a business acknowledgement', () => {
  it('is accepted, then acknowledged technically, then answered by a person, each a message of its own', async () => {
    const id = await open();
    expect(await refer(id)).toMatchObject({ state: 'accepted', status: 202 });
    await pass(id);
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: [{ status: 'requested' }] });
    await pass(id);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'acknowledged', answers: [] }] });
    await played.act(id, 'provider', 'accept', {});
    await pass(id);
    expect(await requests(id)).toMatchObject({
      requests: [{ state: 'interim', answers: [{ status: 'accepted', final: false }] }],
    });
    await played.act(id, 'provider', 'complete', { reference: 'CLINIC-1' });
    await pass(id);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'answered', answers: [{}, { final: true }] }] });
    const all = await sendings(id);
    expect(all.map(({ from, request }) => [from, request?.headers?.['mex-workflowid']])).toEqual([
      ['requester', 'TEST_WORKFLOW'],
      ['provider', 'TEST_WORKFLOW_ACK'],
      ['provider', 'TEST_WORKFLOW_ACK'],
      ['provider', 'TEST_WORKFLOW_ACK'],
    ]);
    const headers = all.map(({ request }) => JSON.parse(request?.body ?? '{}').entry[0].resource);
    expect(headers.slice(1).map(({ response }) => response.identifier)).toEqual(Array(3).fill(headers[0].id));
  });

  it('comes back as failed where nobody collects it in five days', async () => {
    const id = await open();
    await fault(id, { participant: 'exchange', match: 'X26ABC2', effect: { kind: 'status', status: 503 } });
    await refer(id);
    await played.advance(id, 5 * DAY + 10 * MINUTE);
    expect(await requests(id)).toMatchObject({
      requests: [{ state: 'failed', answers: [{ reason: expect.stringContaining('Not delivered: 14') }] }],
    });
  });

  it('is sent again under the same ids where the acceptance got lost, and has one effect', async () => {
    const id = await open();
    await fault(id, {
      ...{ participant: 'exchange', operation: 'sendMessage', times: 1 },
      effect: { kind: 'drop', when: 'after' },
    });
    expect(await refer(id)).toMatchObject({ state: 'unknown' });
    await pass(id, 12);
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: [{ status: 'requested' }] });
    expect((await sendings(id)).filter(({ from }) => from === 'requester')).toHaveLength(2);
    expect((await sendings(id)).filter(({ from }) => from === 'provider')).toHaveLength(1);
  });

  it('can be amended, and cancelled, by further messages', async () => {
    const id = await open();
    await refer(id);
    await pass(id);
    await played.act(id, 'provider', 'ask-for-more', {});
    await played.act(id, 'requester', 'send-more-information', { text: 'Never smoked' });
    await pass(id);
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: [{ status: 'requested' }] });
    await played.act(id, 'requester', 'cancel-referral', {});
    await pass(id, 12);
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: [] });
    expect(JSON.stringify(await requests(id))).toContain('"status":"cancelled"');
  });

  it('bears an answer that comes twice, and sets aside one that answers nothing', async () => {
    const id = await open();
    await refer(id);
    await pass(id);
    await played.act(id, 'provider', 'reject', {});
    await pass(id);
    expect(await played.act(id, 'provider', 'repeat-last-answer')).toMatchObject({ status: 202 });
    expect(await played.act(id, 'provider', 'answer-nothing')).toMatchObject({ status: 202 });
    await pass(id);
    expect(await requests(id)).toMatchObject({
      requests: [{ state: 'answered', answers: [{ status: 'rejected' }] }],
      setAside: [{ reason: expect.stringContaining('never asked here') }],
    });
    const collected = (await played.exchanges(id)).filter(({ operation }) => operation === 'acknowledgeMessage');
    expect(collected.filter(({ from }) => from === 'requester')).toHaveLength(4);
  });

  it('takes in an answer after the agreed time, and says that it was late', async () => {
    const id = await open();
    await refer(id);
    await played.advance(id, 3 * DAY);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'overdue' }] });
    await played.act(id, 'provider', 'reject', {});
    await pass(id);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'answered', answers: [{ late: true }] }] });
  });
});

describe('mail about a number that goes wrong on purpose', () => {
  const rejected = async (patient: string): Promise<string> => {
    const id = await open();
    await refer(id, patient);
    await pass(id, 12);
    await played.act(id, 'provider', 'reject', {});
    await pass(id, 12);
    return id;
  };

  it('is not taken by an exchange that is not available, and not accepted', async () => {
    const id = await open();
    expect(await refer(id, '9990000506')).not.toMatchObject({ state: 'accepted' });
    const [sent] = await sendings(id);
    expect(sent).toMatchObject({ reply: { status: 503, headers: { 'retry-after': '1' } } });
  });

  it('is answered too late: when the request is overdue, and is taken in all the same', async () => {
    const id = await rejected('9990000743');
    await played.advance(id, 2 * DAY - 12 * MINUTE);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'overdue', answers: [] }] });
    await pass(id, 18);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'answered', answers: [{ late: true }] }] });
  });

  it.each([
    ['9990000751', 'acknowledged'],
    ['9990000700', 'acknowledged'],
    ['9990000727', 'answered'],
    ['9990000719', 'answered'],
    ['9990000778', 'answered'],
  ])('of %s leaves the request %s', async (patient, state) => {
    const id = await rejected(patient);
    expect(await requests(id)).toMatchObject({
      requests: [{ state, answers: Array(state === 'answered' ? 1 : 0).fill({ final: true }) }],
    });
    const struck = (await played.exchanges(id)).filter(({ fault }) => fault !== undefined);
    expect(struck).toMatchObject([{ kind: 'message', fault: expect.stringContaining(`sentinel ${patient}`) }]);
  });
});
