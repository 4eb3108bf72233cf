import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_NOTE, journalOf, patient, REAL } from '../real-number.test-data.ts';
import { call, type Served, serve } from '../served.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

describe('a request of which a part names a number that may be a real person’s', () => {
  const creation = { resource: patient(), request: { method: 'POST', url: 'Patient' } };
  it.each<readonly [string, number, readonly object[], object]>([
    ['alone', 400, [], creation],
    [
      'after an entry that would be done',
      400,
      [{ resource: { resourceType: 'Basic', code: { text: 'x' } }, request: { method: 'POST', url: 'Basic' } }],
      creation,
    ],
    ['in the URL of a search', 400, [], { request: { method: 'GET', url: `Patient?identifier=${REAL}` } }],
    ['in the URL of a history', 400, [], { request: { method: 'GET', url: `Patient/${REAL}/_history` } }],
    [
      // In base64: only who takes the entry apart finds it, and refuses that entry.
      'in a patch',
      200,
      [],
      {
        resource: {
          resourceType: 'Binary',
          contentType: 'application/json-patch+json',
          data: btoa(`[{"op":"add","path":"/identifier","value":[{"value":"${REAL}"}]}]`),
        },
        request: { method: 'PATCH', url: 'Patient/one' },
      },
    ],
  ])('is kept out of the journal where it is one entry of a batch, %s', async (_, status, before, last) => {
    const id = `r-${randomUUID()}`;
    const base = await served.open(id, { dialect: 'fhir-r4', seed: 1, people: 0 });
    const entry = [...before, last];
    const body = { resourceType: 'Bundle', type: 'batch', entry };
    const reply = await call(`${base}/provider/FHIR/R4`, { method: 'POST', body });
    expect(reply.status).toBe(status);
    expect(JSON.stringify(reply.body)).toContain('may belong to a real person');
    const page = await journalOf(served, id);
    expect(page.at(-1)).toMatchObject({ note: BODY_NOTE, reply: { status }, request: { method: 'POST' } });
    expect(page.at(-1)?.request?.body).toBeUndefined();
    const kept = await served.host.sql.query<{ request: string; body: Uint8Array | null }>(
      'select request, request_body as body from exchange where request is not null',
    );
    const texts = kept.map(({ request, body: bytes }) => request + Buffer.from(bytes ?? []).toString());
    expect(JSON.stringify(page) + texts.join()).not.toContain(REAL);
  });

  it('is kept out of the journal where it is only to be judged', async () => {
    const id = `r-${randomUUID()}`;
    const base = await served.open(id, { dialect: 'fhir-r4', seed: 1, people: 0 });
    const reply = await call(`${base}/provider/FHIR/R4/Patient/$validate`, { method: 'POST', body: patient() });
    expect([reply.status, JSON.stringify(reply.body)]).toEqual([400, expect.stringContaining('may belong to a real')]);
    const page = await journalOf(served, id);
    expect(page.at(-1)).toMatchObject({ note: BODY_NOTE, reply: { status: 400 } });
    expect(JSON.stringify(page)).not.toContain(REAL);
  });
});
