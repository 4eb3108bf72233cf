import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Played, play } from '../pattern-harness.test-data.ts';
import { CLIENT, json, openExchange, V2 } from './mesh-client.test-data.ts';
import { mailPattern } from './mesh-pattern.test-data.ts';

const DAY = 24 * 3_600_000;

let played: Played;
let mail: Awaited<ReturnType<typeof openExchange>>;
const polled: string[] = [];
let opened = 0;
beforeAll(async () => {
  played = await play(mailPattern(polled));
});
afterAll(() => played.close());

const open = async (seats: Record<string, 'external' | 'stopped'> = {}): Promise<void> => {
  opened += 1;
  mail = await openExchange(played, `mail-${opened}`, Date.now, seats);
};

describe('what nobody collects', () => {
  it('is reported after exactly five days of the sandbox clock, in under a second; tokens still work', async () => {
    await open({ recipient: 'stopped' });
    const message = await mail.sent({ 'mex-subject': 'Discharge' });
    await played.advance(mail.id, 5 * DAY - 60_000);
    expect(await mail.inbox('X26ABC1')).toEqual([]);
    const began = performance.now();
    await played.advance(mail.id, 60_000);
    expect(performance.now() - began).toBeLessThan(1_000);
    const [report = ''] = await mail.inbox('X26ABC1');
    const reply = await mail.ask(`X26ABC1/inbox/${report}`);
    expect([reply.status, await reply.text()]).toEqual([200, '']);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'mex-messagetype': 'REPORT',
      'mex-linkedmsgid': message,
      'mex-statuscode': '14',
      'mex-statussuccess': 'ERROR',
      'mex-subject': 'Discharge',
      'mex-workflowid': 'TEST_WORKFLOW',
    });
    expect((await mail.ask(`X26ABC2/inbox/${message}`)).status).toBe(410);
    expect((await mail.ask('X26ABC1', CLIENT)).status).toBe(200);
    await played.advance(mail.id, 25 * DAY);
    expect((await mail.ask(`X26ABC1/outbox/tracking?messageID=${message}`)).status).toBe(404);
  });

  it('is not reported where it was acknowledged, and a report that nobody collects is not reported in its turn', async () => {
    await open({ recipient: 'stopped', sender: 'stopped' });
    const message = await mail.sent();
    await mail.ask(`X26ABC2/inbox/${message}/status/acknowledged`, {}, 'PUT');
    await mail.sent({ 'mex-to': 'GPPROVIDER_9000000017_22102010_Smith' });
    expect(await mail.inbox('X26ABC1')).toHaveLength(1);
    await played.advance(mail.id, 6 * DAY);
    expect(await mail.inbox('X26ABC1')).toEqual([]);
  });

  it('is looked for by its simulated owner five minutes later, once for all that has come', async () => {
    await open();
    polled.length = 0;
    await mail.sent();
    await mail.sent();
    await played.advance(mail.id, 4 * 60_000);
    expect(polled).toEqual([]);
    await played.advance(mail.id, 60_000);
    expect(polled).toEqual(['recipient']);
    const poll = (await played.exchanges(mail.id)).find(({ summary }) =>
      summary?.startsWith('GET /messageexchange/X26ABC2/inbox'),
    );
    expect(poll).toMatchObject({ from: 'recipient', to: 'exchange', reply: { status: 200 } });
    expect(poll?.request?.headers?.authorization).toBe('NHSMESH [redacted]');
  });
});

describe('an inbox', () => {
  it('lists as many as are asked for, and says where the next begin', async () => {
    await open();
    const ids = [await mail.sent(), await mail.sent(), await mail.sent()];
    const first = await json(mail.ask('X26ABC2/inbox?max_results=2', V2));
    expect(first).toMatchObject({ messages: ids.slice(0, 2), approx_inbox_count: 3 });
    const next = await json(mail.ask(String(first.links.next).replace('/messageexchange/', ''), V2));
    expect(next.messages).toEqual(ids.slice(2));
    expect(await json(mail.ask('X26ABC2/count'))).toMatchObject({ count: 3 });
  });

  it.each([
    ['TEST_WORKFLOW', ['a', 'c']],
    ['!TEST_WORKFLOW', ['b']],
    ['TEST*', ['a', 'c']],
    ['!TEST*', ['b']],
    ['*ER*', ['b']],
    ['!*ER*', ['a', 'c']],
  ])('lists only what the workflow filter %s lets through, on each page', async (filter, names) => {
    await open();
    const ids: Record<string, string> = {};
    for (const [name, workflow] of [
      ['a', 'TEST_WORKFLOW'],
      ['b', 'OTHER'],
      ['c', 'TEST_WORKFLOW'],
    ] as const)
      ids[name] = await mail.sent({ 'mex-workflowid': workflow });
    const found: string[] = [];
    for (let path = `X26ABC2/inbox?max_results=1&workflow_filter=${encodeURIComponent(filter)}`; path !== ''; ) {
      const page = await json(mail.ask(path, V2));
      found.push(...page.messages);
      path = String(page.links.next ?? '').replace('/messageexchange/', '');
    }
    expect(found).toEqual(names.map((name) => ids[name]));
  });

  it('tells what there is to know of each message, to who asks for that', async () => {
    await open();
    const id = await mail.sent({ 'mex-localid': 'L9' });
    const { messages } = await json(mail.ask('X26ABC2/inbox/rich'));
    expect(messages).toMatchObject([
      { message_id: id, local_id: 'L9', sender: 'X26ABC1', sender_name: 'TESTMB1', workflow_id: 'TEST_WORKFLOW' },
    ]);
    expect((await json(mail.ask(`X26ABC2/inbox/rich?start_time=2099-01-01T00:00:00Z`))).messages).toEqual([]);
  });

  it('has its like for what was sent, however that went, in pages', async () => {
    await open();
    const first = await mail.sent({ 'mex-localid': 'L1' });
    await mail.ask(`X26ABC2/inbox/${first}/status/acknowledged`, {}, 'PUT');
    const second = await mail.sent({ 'mex-chunk-range': '1:2' });
    const third = await mail.sent({ 'mex-to': 'GPPROVIDER_9000000017_22102010_Smith' });
    const page = await json(mail.ask('X26ABC1/outbox/rich?max_results=2'));
    expect(page.messages).toMatchObject([
      { message_id: first, local_id: 'L1', recipient: 'X26ABC2', recipient_name: 'TESTMB2', status: 'acknowledged' },
      { message_id: second, status: 'uploading', total_chunks: 2 },
    ]);
    const rest = await json(mail.ask(String(page.links.next).replace('/messageexchange/', '')));
    expect(rest.messages).toMatchObject([{ message_id: third, status: 'undeliverable', status_code: 'EPL-153' }]);
    expect(rest.links.next).toBeUndefined();
    expect((await json(mail.ask('X26ABC2/outbox/rich'))).messages).toEqual([]);
    expect((await json(mail.ask('X26ABC1/outbox/rich?start_time=2099-01-01T00:00:00Z'))).messages).toEqual([]);
  });

  it('is nobody else’s', async () => {
    const id = await mail.sent();
    expect((await mail.ask(`X26ABC1/inbox/${id}`)).status).toBe(403);
    expect((await mail.ask(`X26ABC1/inbox/${id}/status/acknowledged`, {}, 'PUT')).status).toBe(403);
    expect((await mail.ask(`X26ABC2/outbox/tracking?messageID=${id}`)).status).toBe(404);
    expect((await mail.ask('X26ABC2/inbox/NONE')).status).toBe(404);
  });
});
