import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Played, play } from '../../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../../loaded.ts';

const DAY = 86_400_000;
let played: Played;
beforeAll(async () => {
  played = await play(await loadThisPattern());
});
afterAll(() => played.close());

let count = 0;
const open = async (): Promise<{ id: string; fhir: string }> => {
  count += 1;
  const id = `s${count}`;
  return { id, fhir: `${await played.open(id, { dialect: 'fhir-r4', seed: 1, people: 5 })}/provider/FHIR/R4` };
};
const REFERRAL = {
  resourceType: 'ServiceRequest',
  status: 'active',
  intent: 'order',
  subject: { reference: 'Patient/9000000009' },
};
const later = { prefer: 'respond-async' };
const post = (fhir: string, headers: Readonly<Record<string, string>> = later) =>
  call(`${fhir}/ServiceRequest`, { method: 'POST', headers, body: REFERRAL });

describe('a request that is answered at a status address', () => {
  it('is accepted with an absolute Content-Location, and answered there when a person has decided', async () => {
    const { id, fhir } = await open();
    const accepted = await post(fhir);
    expect(accepted.status).toBe(202);
    const url = accepted.headers.get('content-location') ?? '';
    expect(url).toMatch(new RegExp(`^${fhir.replaceAll('.', '\\.')}/\\$async-status/`));
    const open202 = await call(url);
    expect(open202.status).toBe(202);
    expect(open202.headers.get('x-progress')).toContain('requested');
    await played.act(id, 'provider', 'accept');
    await played.advance(id, 10_000);
    expect((await call(url)).headers.get('x-progress')).toContain('accepted');
    await played.act(id, 'provider', 'complete', { reference: 'CLINIC-7' });
    const done = await call(url);
    expect(done).toMatchObject({
      status: 200,
      body: {
        type: 'batch-response',
        entry: [{ response: { status: '201' }, resource: { resourceType: 'Task', status: 'completed' } }],
      },
    });
    const { location } = (done.body as { entry: { response: { location: string } }[] }).entry[0]?.response ?? {};
    expect(await call(location ?? '')).toMatchObject({ status: 200, body: { resourceType: 'ServiceRequest' } });
  });

  it('tells who asks too soon to wait, and answers them when that time has passed on the sandbox clock', async () => {
    const { id, fhir } = await open();
    const url = (await post(fhir)).headers.get('content-location') ?? '';
    const first = await call(url);
    expect(first.headers.get('retry-after')).toBe('2');
    const eager = await call(url);
    expect(eager).toMatchObject({ status: 429, body: { issue: [{ code: 'throttled' }] } });
    expect(Number(eager.headers.get('retry-after'))).toBeGreaterThan(0);
    await played.advance(id, 2_000);
    const second = await call(url);
    expect(second.status).toBe(202);
    expect(second.headers.get('retry-after')).toBe('5');
  });

  it('ends in an error with an OperationOutcome where the work failed, and never in silence', async () => {
    const { id, fhir } = await open();
    const url = (await post(fhir)).headers.get('content-location') ?? '';
    await played.act(id, 'provider', 'fail', { reason: 'The workflow broke off' });
    expect(await call(url)).toMatchObject({ status: 500, body: { resourceType: 'OperationOutcome' } });
  });

  it('can be cancelled: its address is gone, and nobody decides about it any more', async () => {
    const { id, fhir } = await open();
    const url = (await post(fhir)).headers.get('content-location') ?? '';
    expect((await call(url, { method: 'DELETE' })).status).toBe(202);
    expect((await call(url)).status).toBe(404);
    expect((await call(url, { method: 'DELETE' })).status).toBe(404);
    expect(await played.act(id, 'provider', 'list-worklist')).toMatchObject({ tasks: [] });
  });

  it('is a search, too, which is done in the background', async () => {
    const { id, fhir } = await open();
    const accepted = await call(`${fhir}/Patient?_count=2`, { headers: later });
    expect(accepted.status).toBe(202);
    await played.settled(id);
    expect(await call(accepted.headers.get('content-location') ?? '')).toMatchObject({
      status: 200,
      body: { entry: [{ response: { status: '200' }, resource: { resourceType: 'Bundle', type: 'searchset' } }] },
    });
  });

  it('keeps the refusal of what was put off as its outcome', async () => {
    const { id, fhir } = await open();
    const accepted = await call(`${fhir}/Patient/nobody`, { headers: later });
    await played.settled(id);
    const done = await call(accepted.headers.get('content-location') ?? '');
    expect(done).toMatchObject({
      status: 200,
      body: { entry: [{ response: { status: '404', outcome: { resourceType: 'OperationOutcome' } } }] },
    });
  });

  it('is asked for by the simulated requester with growing waits, until it is answered', async () => {
    const { id } = await open();
    await played.act(id, 'provider', 'set-clinician', { decision: 'reject', after: 'P1D' });
    await played.act(id, 'requester', 'send-referral', { patient: '9000000009', way: 'status' });
    await played.advance(id, DAY + 600_000);
    const asked = (await played.exchanges(id)).filter(({ operation }) => operation === 'readAsyncStatus');
    expect(asked.map(({ reply }) => reply?.status)).not.toContain(429);
    expect(asked.at(-1)?.reply?.status).toBe(200);
    expect(asked.length).toBeLessThan(310);
    expect(await played.act(id, 'requester', 'list-requests')).toMatchObject({
      requests: [{ state: 'answered', answers: [{ status: 'rejected' }] }],
    });
  });

  it('gets a Task also where a ServiceRequest is created plainly, and the decision may come over FHIR', async () => {
    const { fhir } = await open();
    const made = await post(fhir, {});
    expect(made.status).toBe(201);
    const { id: referral } = made.body as { id: string };
    const found = await call(`${fhir}/Task?focus=ServiceRequest/${referral}`);
    expect(found.body).toMatchObject({ entry: [{ resource: { status: 'requested' } }] });
    const task = (found.body as { entry: { resource: { id: string } }[] }).entry[0]?.resource.id;
    const decided = await call(`${fhir}/Task/${task}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json-patch+json' },
      body: [{ op: 'replace', path: '/status', value: 'rejected' }],
    });
    expect(decided.status).toBe(200);
    expect((await call(`${fhir}/ServiceRequest/${referral}`)).body).toMatchObject({ status: 'revoked' });
    const again = await call(`${fhir}/Task/${task}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json-patch+json' },
      body: [{ op: 'replace', path: '/status', value: 'accepted' }],
    });
    expect(again.status).toBe(409);
  });
});
