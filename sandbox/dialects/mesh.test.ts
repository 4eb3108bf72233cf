import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Played, play } from '../pattern-harness.test-data.ts';
import { json, openExchange, V2 } from './mesh-client.test-data.ts';
import { mailPattern } from './mesh-pattern.test-data.ts';

/** Valid, and no test number. */
const REAL = '4010232137';

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

describe('a message', () => {
  it('is taken over, listed, downloaded, and gone once it is acknowledged', async () => {
    await open();
    const reply = await mail.send({ 'mex-localid': 'L1', 'mex-subject': 'S', 'mex-content-checksum': 'md5 5d41402a' });
    expect(reply.status).toBe(202);
    const { messageID } = await json(reply);
    expect(await mail.inbox('X26ABC2')).toEqual([messageID]);
    const got = await mail.ask(`X26ABC2/inbox/${messageID}`);
    expect([got.status, await got.text()]).toEqual([200, 'hello']);
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-type': 'text/plain',
      'mex-from': 'X26ABC1',
      'mex-to': 'X26ABC2',
      'mex-workflowid': 'TEST_WORKFLOW',
      'mex-messagetype': 'DATA',
      'mex-localid': 'L1',
      'mex-subject': 'S',
      'mex-content-checksum': 'md5 5d41402a',
      'mex-chunk-range': '1:1',
      'mex-statuscode': '00',
    });
    expect(await mail.inbox('X26ABC2')).toEqual([messageID]);
    const head = await mail.ask(`X26ABC2/inbox/${messageID}`, {}, 'HEAD');
    expect([head.status, head.headers.get('mex-messageid')]).toEqual([200, messageID]);
    const done = await mail.ask(`X26ABC2/inbox/${messageID}/status/acknowledged`, {}, 'PUT');
    expect([done.status, await json(done)]).toEqual([200, { messageId: messageID }]);
    expect(await mail.inbox('X26ABC2')).toEqual([]);
    expect((await mail.ask(`X26ABC2/inbox/${messageID}`)).status).toBe(410);
    const tracked = await json(mail.ask('X26ABC1/outbox/tracking/L1'));
    expect(tracked).toMatchObject({ messageId: messageID, status: 'Acknowledged', statusSuccess: 'SUCCESS' });
  });

  it('goes in chunks, comes in chunks, and is not there before the last', async () => {
    await open();
    const id = await mail.sent({ 'mex-chunk-range': '1:3' }, 'one ');
    const chunk = (n: number, range: string, body: string) =>
      mail.send({ 'mex-chunk-range': range }, body, `/${id}/${n}`);
    expect((await chunk(2, '3:3', 'x')).status).toBe(417);
    expect((await chunk(3, '3:3', 'three')).status).toBe(202);
    expect(await mail.inbox('X26ABC2')).toEqual([]);
    expect((await chunk(2, '2:3', 'two ')).status).toBe(202);
    expect((await chunk(2, '2:3', 'TWO ')).status).toBe(423);
    expect(await mail.inbox('X26ABC2')).toEqual([id]);
    const parts = [];
    for (const path of ['', '/2', '/3']) {
      const reply = await mail.ask(`X26ABC2/inbox/${id}${path}`);
      parts.push([reply.status, reply.headers.get('mex-chunk-range'), await reply.text()]);
    }
    expect(parts).toEqual([
      [206, '1:3', 'one '],
      [206, '2:3', 'two '],
      [200, '3:3', 'three'],
    ]);
    expect((await mail.ask(`X26ABC2/inbox/${id}/4`)).status).toBe(404);
  });

  it('that was packed stays packed for whoever takes gzip, byte for byte, and is unpacked for others', async () => {
    await open();
    const packed = Uint8Array.from(gzipSync('squeezed', { level: 1 }));
    const id = (await json(mail.send({ 'content-encoding': 'gzip' }, packed))).messageID;
    const plain = await mail.ask(`X26ABC2/inbox/${id}`, { 'accept-encoding': 'identity' });
    expect([await plain.text(), plain.headers.get('content-encoding')]).toEqual(['squeezed', null]);
    const got = await mail.ask(`X26ABC2/inbox/${id}`, { 'accept-encoding': 'gzip' });
    expect([await got.text(), got.headers.get('content-encoding')]).toEqual(['squeezed', 'gzip']);
    expect([got, plain].map(({ headers }) => headers.get('mex-content-compressed'))).toEqual(['Y', null]);
    const [last] = (await played.exchanges(mail.id)).slice(-1);
    expect(last?.reply?.headers?.['content-length']).toBe(String(packed.length));
    expect(gunzipSync(packed).toString()).toBe('squeezed');
  });

  it('that was packed and then cut comes as it went, and says that it is packed, for no chunk is gzip by itself', async () => {
    await open();
    const packed = gzipSync('squeezed');
    const cut = [packed.subarray(0, 12), packed.subarray(12)].map((piece) => Uint8Array.from(piece));
    const gzip = { 'content-encoding': 'gzip' };
    const id = await mail.sent({ ...gzip, 'mex-chunk-range': '1:2' }, cut[0]);
    await mail.send({ ...gzip, 'mex-chunk-range': '2:2' }, cut[1], `/${id}/2`);
    const got = await mail.ask(`X26ABC2/inbox/${id}/2`, { 'accept-encoding': 'identity' });
    expect([got.status, got.headers.get('content-encoding')]).toEqual([200, 'gzip']);
  });

  it('whose content is packed says so to whoever downloads it, however it travels', async () => {
    await open();
    const said = { 'mex-content-compressed': 'Y', 'content-encoding': 'gzip' };
    const id = (await json(mail.send(said, Uint8Array.from(gzipSync('squeezed'))))).messageID;
    const got = await mail.ask(`X26ABC2/inbox/${id}`, { 'accept-encoding': 'identity' });
    expect([await got.text(), got.headers.get('mex-content-compressed')]).toEqual(['squeezed', 'Y']);
  });

  it('is carried up to 20 MB at once; what is larger is refused, and goes in chunks', async () => {
    await open();
    const most = 20 * 1024 * 1024;
    const id = await mail.sent({ 'content-type': 'application/octet-stream' }, 'x'.repeat(most));
    const got = await mail.ask(`X26ABC2/inbox/${id}`);
    expect([got.status, (await got.arrayBuffer()).byteLength]).toEqual([200, most]);
    const more = await mail.send({}, Buffer.alloc(most + 1));
    expect([more.status, (await json(more)).errorCode]).toEqual([413, '413']);
  });

  it.each([
    ['as text', {}, `Seen today: ${REAL}`],
    ['as JSON', {}, JSON.stringify({ identifier: [{ value: REAL }] })],
    ['packed', { 'content-encoding': 'gzip' }, Uint8Array.from(gzipSync(`Seen today: ${REAL}`))],
    ['as an address', { 'mex-to': `GPPROVIDER_${REAL}_22102010_Smith` }, 'hello'],
  ])('that names somebody’s own number %s is refused, and not kept', async (_, headers, body) => {
    await open();
    const reply = await mail.send(headers, body);
    expect([reply.status, (await json(reply)).errorCode]).toEqual([400, 'EPL-152']);
    expect(JSON.stringify(await played.exchanges(mail.id))).not.toContain(REAL);
    const id = await mail.sent({ 'mex-chunk-range': '1:2' }, 'one ');
    const chunk = await mail.send({ 'mex-chunk-range': '2:2' }, REAL, `/${id}/2`);
    expect(chunk.status).toBe(400);
  });

  /** Sends two chunks, in this order; gives the id, and how the second was answered. */
  const inTwo = async (
    first: string | Uint8Array<ArrayBuffer>,
    second: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) => {
    const id = await mail.sent({ ...headers, 'mex-chunk-range': '1:2' }, first);
    const reply = await mail.send({ ...headers, 'mex-chunk-range': '2:2' }, second, `/${id}/2`);
    return { id, status: reply.status };
  };
  const pack = (text: string) => Uint8Array.from(gzipSync(text));
  const gzip = { 'content-encoding': 'gzip' };

  it.each([
    ['as text', `Seen today: ${REAL.slice(0, 4)}`, `${REAL.slice(4)}, again on Monday`, {}],
    ['as JSON', '{"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"40102', `32137"}]}`, {}],
    ['by its system', '{"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-nu', `mber","value":"${REAL}"}]}`, {}],
    ['each chunk packed', pack(`Seen: ${REAL.slice(0, 4)}`), pack(`${REAL.slice(4)} again`), gzip],
    ['packed and then cut', pack(`Seen: ${REAL} again`).slice(0, 20), pack(`Seen: ${REAL} again`).slice(20), gzip],
  ])(
    'that has somebody’s own number cut in two %s is refused when it is put together',
    async (_, first, second, more) => {
      await open();
      const { id, status } = await inTwo(first, second, more);
      expect(status).toBe(400);
      expect((await json(mail.ask('X26ABC2/inbox'))).messages).toEqual([]);
      // What is amended goes on: the last chunk is still awaited.
      const again = { ...more, 'mex-chunk-range': '2:2' };
      const amended = 'content-encoding' in more ? pack('nobody') : ' nobody"}]}';
      expect((await mail.send(again, amended, `/${id}/2`)).status).toBe(202);
      expect((await json(mail.ask('X26ABC2/inbox'))).messages).toEqual([id]);
    },
  );

  it('whose ids are cut anywhere is carried: by chance they have ten digits that would be a number', async () => {
    await open();
    const chance = `0f0e4010-1a2b-4c3d-8e9f-ab${REAL}`;
    for (const at of [26, 24, 27, 30]) {
      const text = `{"id":"${chance}","fullUrl":"urn:uuid:${chance}","data":"QUJD${REAL}REVG"}`;
      expect((await inTwo(text.slice(0, at + 7), text.slice(at + 7))).status).toBe(202);
    }
  });

  it.each([
    ['without an address', { 'mex-to': '' }, 400, '08'],
    ['from another mailbox', { 'mex-from': 'X26ABC2' }, 400, '07'],
    ['without a workflow', { 'mex-workflowid': '' }, 400, '06'],
    ['of a workflow that this mailbox may not send', { 'mex-workflowid': 'TEST_WORKFLOW_ACK' }, 417, '17'],
    ['to a mailbox that nobody has', { 'mex-to': 'X26NOBODY' }, 417, '12'],
    ['of a workflow that the other mailbox may not receive', { 'mex-to': 'X26ABC1' }, 417, '17'],
    ['that is a report', { 'mex-messagetype': 'REPORT' }, 400, '11'],
    ['whose chunk range makes no sense', { 'mex-chunk-range': '2:1' }, 417, 'InvalidHeaderChunks'],
    ['that begins with its second chunk', { 'mex-chunk-range': '2:2' }, 417, 'InvalidHeaderChunks'],
    ['whose checksum is none', { 'mex-content-checksum': '<b>' }, 400, 'Invalid checksum'],
  ])('%s is refused at once, in both forms of the error', async (_, headers, status, code) => {
    const first = await mail.send(headers);
    expect([first.status, first.headers.get('content-type')]).toEqual([status, 'application/json']);
    expect(await json(first)).toMatchObject({ errorCode: code });
    const second = await mail.send({ ...headers, ...V2 });
    expect([second.status, second.headers.get('content-type')]).toEqual([status, V2.accept]);
    expect(await json(second)).toMatchObject({ detail: [{ code }] });
  });

  it('without a body is refused as that', async () => {
    const reply = await mail.send({}, '');
    expect([reply.status, (await json(reply)).errorCode]).toEqual([417, '02']);
  });
});

describe('an address', () => {
  it.each([
    ['GPPROVIDER_9000000009_22102010_Smith', undefined],
    ['gpprovider_9000000009_22102010_SMITH', undefined],
    ['GPPROVIDER_9000000009_22102010_Jones', 'EPL-154'],
    ['GPPROVIDER_9000000017_22102010_Smith', 'EPL-153'],
    ['GPPROVIDER_9000000000_22102010_Smith', 'EPL-152'],
  ])('%s leads to a mailbox, or to a report with a code', async (address, code) => {
    await open();
    const id = await mail.sent({ 'mex-to': address, 'mex-localid': 'mine' });
    if (code === undefined) return expect(await mail.inbox('X26ABC2')).toEqual([id]);
    const [report = ''] = await mail.inbox('X26ABC1');
    const { headers } = await mail.ask(`X26ABC1/inbox/${report}`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'mex-messagetype': 'REPORT',
      'mex-linkedmsgid': id,
      'mex-statuscode': code,
      'mex-localid': 'mine',
    });
    expect(await json(mail.ask(`X26ABC1/outbox/tracking?messageID=${id}`, V2))).toMatchObject({
      status: 'undeliverable',
      status_code: code,
    });
  });

  it('can be looked up by organisation and workflow', async () => {
    await open();
    const ask = (headers = {}) => json(mail.ask('endpointlookup/X27/TEST_WORKFLOW', headers));
    expect((await ask(V2)).results).toMatchObject([{ mailbox_id: 'X26ABC2', ods_code: 'X27' }]);
  });

  it('can be looked up by workflow alone, and says whose it is', async () => {
    await open();
    const found = await json(mail.ask('workflowsearch/TEST_WORKFLOW', V2));
    expect(found.results).toMatchObject([{ mailbox_id: 'X26ABC2', mailbox_name: 'TESTMB2' }]);
    expect((await json(mail.ask('workflowsearch/NOBODYS'))).results).toEqual([]);
    expect(await json(mail.ask('mailbox/x26abc2'))).toMatchObject({
      mailbox_id: 'X26ABC2',
      ods_code: 'X27',
      active: true,
    });
    expect((await mail.ask('mailbox/X26NOBODY')).status).toBe(404);
  });
});
