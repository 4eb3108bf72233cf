import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

const IDS = {
  'x-request-id': '7b6a2f0e-3c1d-4f55-9a86-1d2c3b4a5e6f',
  'x-correlation-id': '0f9e8d7c-6b5a-4c3d-8e2f-1a0b9c8d7e6f',
};
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let played: Played;
beforeAll(async () => {
  played = await play(await loadThisPattern());
});
afterAll(() => played.close());

let count = 0;
const open = async (dialect: string): Promise<{ id: string; base: string }> => {
  count += 1;
  const id = `a${count}`;
  return { id, base: await played.open(id, { dialect, seed: 1, people: 5 }) };
};
const requests = (id: string) => played.act(id, 'requester', 'list-requests');
const messages = async (id: string, from: string) =>
  (await played.exchanges(id)).filter((one) => one.operation === 'processMessage' && one.from === from);
const headerOf = (body: string | undefined) => JSON.parse(body ?? '{}').entry[0].resource;

describe.each(['fhir-r4', 'bars'])('a referral as a message, in %s', (dialect) => {
  it('is acknowledged at once, waits for a person, and is answered in a message of its own', async () => {
    const { id } = await open(dialect);
    const sent = await played.act(id, 'requester', 'send-referral', { patient: '9000000009' });
    expect(sent).toMatchObject({ state: 'acknowledged', status: dialect === 'bars' ? 200 : 202 });
    await played.settled(id);
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: [{ status: 'requested' }] });
    expect(await messages(id, 'provider')).toEqual([]);

    await played.act(id, 'provider', 'accept', {});
    await played.settled(id);
    const [asked] = await messages(id, 'requester');
    const [answered] = await messages(id, 'provider');
    const header = headerOf(answered?.request?.body);
    const question = JSON.parse(asked?.request?.body ?? '{}');
    expect(header.response).toEqual({
      identifier: dialect === 'bars' ? question.id : question.entry[0].resource.id,
      code: 'ok',
    });
    expect(answered?.request?.headers?.['x-correlation-id']).toBe(asked?.request?.headers?.['x-correlation-id']);
    expect(answered?.request?.headers?.['x-request-id']).not.toBe(asked?.request?.headers?.['x-request-id']);
    expect(await requests(id)).toMatchObject({
      requests: [{ state: 'interim', answers: [{ status: 'accepted', final: false }] }],
    });

    await played.act(id, 'provider', 'complete', { reference: 'CLINIC-1' });
    await played.settled(id);
    expect(await requests(id)).toMatchObject({
      requests: [{ state: 'answered', answers: [{}, { status: 'completed' }] }],
    });
  });

  it('is decided by a simulated clinician after the time that was set, unless somebody was quicker', async () => {
    const { id } = await open(dialect);
    await played.act(id, 'provider', 'set-clinician', { decision: 'reject', after: 'P1D', reason: 'Not for us' });
    await played.act(id, 'requester', 'send-referral', { patient: '9000000009' });
    await played.advance(id, DAY - HOUR);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'acknowledged' }] });
    await played.advance(id, HOUR);
    const rejected = { status: 'rejected', final: true, reason: 'Not for us' };
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'answered', answers: [rejected] }] });
  });

  it('goes back for more information, and onto the worklist again when that has come', async () => {
    const { id } = await open(dialect);
    await played.act(id, 'requester', 'send-referral', { patient: '9000000009' });
    await played.act(id, 'provider', 'ask-for-more', { reason: 'Smoking history?' });
    await played.settled(id);
    expect(await requests(id)).toMatchObject({
      requests: [{ state: 'interim', answers: [{ reason: 'Smoking history?' }] }],
    });
    await played.act(id, 'requester', 'send-more-information', { text: 'Never smoked' });
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: [{ status: 'requested' }] });
  });

  it('can be cancelled while it waits, and not when it is decided', async () => {
    const { id } = await open(dialect);
    await played.act(id, 'requester', 'send-referral', { patient: '9000000009' });
    expect(await played.act(id, 'requester', 'cancel-referral', {})).toMatchObject({ state: 'acknowledged' });
    await played.settled(id);
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: [] });
    expect(await played.act(id, 'requester', 'cancel-referral', { request: 1 }).catch((e) => e.problem.status)).toBe(
      404,
    );
  });

  it('stays in sight when nothing comes in the agreed time, and takes a late answer', async () => {
    const { id } = await open(dialect);
    await played.act(id, 'requester', 'send-referral', { patient: '9000000009' });
    await played.advance(id, 2 * DAY);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'overdue' }] });
    await played.act(id, 'provider', 'reject', {});
    await played.settled(id);
    expect(await requests(id)).toMatchObject({ requests: [{ state: 'answered', answers: [{ late: true }] }] });
  });

  it('has one effect though its answer comes twice, and an answer to nothing is set aside', async () => {
    const { id } = await open(dialect);
    await played.act(id, 'requester', 'send-referral', { patient: '9000000009' });
    await played.act(id, 'provider', 'reject', {});
    await played.settled(id);
    expect(await played.act(id, 'provider', 'repeat-last-answer')).toMatchObject({ status: 409 });
    expect(await played.act(id, 'provider', 'answer-nothing')).toMatchObject({ status: 422 });
    const seen = await requests(id);
    expect(seen).toMatchObject({ requests: [{ answers: [{ status: 'rejected' }] }] });
    expect(seen).toMatchObject({ setAside: [{ reason: expect.stringContaining('never asked here') }] });
  });

  it('is refused with 409 duplicate when it is sent again, and waits once', async () => {
    const { id, base } = await open(dialect);
    await played.act(id, 'requester', 'send-referral', { patient: '9000000009' });
    const [asked] = await messages(id, 'requester');
    const query = dialect === 'bars' ? '' : '?async=true';
    const again = await call(`${base}/provider/FHIR/R4/$process-message${query}`, {
      method: 'POST',
      headers: {
        'x-request-id': asked?.request?.headers?.['x-request-id'] ?? '',
        'x-correlation-id': asked?.request?.headers?.['x-correlation-id'] ?? '',
      },
      body: asked?.request?.body,
    });
    expect(again).toMatchObject({ status: 409, body: { issue: [{ code: 'duplicate' }] } });
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: { length: 1 } });
  });

  it('books a slot at once, and the same slot no second time', async () => {
    const { id } = await open(dialect);
    const booked = await played.act(id, 'requester', 'book-slot', { slot: 'marlow-day1-0900', patient: '9000000009' });
    expect(booked).toMatchObject({ state: 'answered', appointment: { status: 'booked' } });
    const lost = await played.act(id, 'requester', 'book-slot', { slot: 'marlow-day1-0900', patient: '9000000017' });
    expect(lost).toMatchObject({ state: 'failed', status: 409 });
  });
});

describe('what BaRS says when a receiver is told to fail', () => {
  it.each([
    [408, 'REC_TIMEOUT', 'timeout'],
    [429, 'REC_TOO_MANY_REQUESTS', 'throttled'],
    [503, 'REC_UNAVAILABLE', 'transient'],
  ])('is %i %s', async (status, code, issue) => {
    const { base } = await open('bars');
    const query = `identifier=${encodeURIComponent(`tests|NHS0001-${status}`)}`;
    const reply = await call(`${base}/provider/FHIR/R4/ServiceRequest?${query}`, { headers: IDS });
    expect(reply).toMatchObject({ status, body: { issue: [{ code: issue, details: { coding: [{ code }] } }] } });
  });
});

describe('the versions of BaRS', () => {
  it.each([
    ['DocumentReference', 'version=1.0.0', 406],
    ['DocumentReference/none', 'version=1.0.0', 406],
    ['DocumentReference', 'version=1.1.0', 200],
    ['DocumentReference', 'version=1', 200],
    ['DocumentReference/none', 'version=1.4.0', 404],
    ['ServiceRequest', 'version=1.0.0', 200],
    ['ServiceRequest', 'version=1.0.0-beta', 200],
    ['ServiceRequest', 'version=9.9.9', 406],
    ['metadata', 'version=2.0.0', 406],
  ])('%s with %s is %i: documents came with 1.1.0', async (path, version, status) => {
    const { base } = await open('bars');
    const headers = { ...IDS, accept: `application/fhir+json;${version}` };
    const reply = await call(`${base}/provider/FHIR/R4/${path}`, { headers });
    expect(reply.status).toBe(status);
    if (status === 406) expect(JSON.stringify(reply.body)).toContain('REC_NOT_ACCEPTABLE');
  });

  it.each([
    ['Accept', { accept: 'application/fhir+json; version=9.9.9' }],
    ['Content-Type', { 'content-type': 'application/fhir+json; version=9.9.9' }],
  ])('that nobody speaks are refused in %s before the message is read', async (_, header) => {
    const { base } = await open('bars');
    const spoken = {
      ...IDS,
      accept: 'application/fhir+json; version=1.1.0',
      'content-type': 'application/fhir+json; version=1.0.0-beta',
    };
    const send = (headers: Record<string, string>) =>
      call(`${base}/provider/FHIR/R4/$process-message`, { method: 'POST', headers, body: {} });
    expect(await send({ ...spoken, ...header })).toMatchObject({
      status: 406,
      body: {
        issue: [
          {
            code: 'processing',
            details: { coding: [{ code: 'REC_NOT_ACCEPTABLE' }] },
            diagnostics: expect.stringContaining('Version 9.9.9 is not served, only 1, 1.0.0'),
          },
        ],
      },
    });
    // Of a version that is spoken it is the message that is judged.
    expect((await send(spoken)).status).toBe(400);
  });
});
