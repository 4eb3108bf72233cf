import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

const BASE = 'http://sandbox.test/sandboxes/s/provider/FHIR/R4';
const SHORT_BASE = 'http://sandbox.test/sandboxes/s/FHIR/R4';
const FORM = 'application/x-www-form-urlencoded';
let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
  for (let index = 0; index < 7; index++) {
    const id = `p${index}`;
    const body = { resourceType: 'Patient', id, active: true, name: [{ family: 'Fenwick', given: [`N${index}`] }] };
    await endpoint.request('PUT', `Patient/${id}`, { body });
  }
  const observation = { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' } };
  await endpoint.request('PUT', 'Observation/o', { body: { ...observation, subject: { reference: 'Patient/p1' } } });
});
afterAll(() => endpoint.close());

const pagesFrom = async (first: Awaited<ReturnType<TestEndpoint['request']>>) => {
  const pages = [first];
  for (;;) {
    const next = pages.at(-1)?.body.link?.find(({ relation }) => relation === 'next')?.url;
    if (next === undefined) return pages;
    pages.push(await endpoint.request('GET', next));
  }
};
const idsOn = (pages: Awaited<ReturnType<typeof pagesFrom>>) =>
  pages.map(({ body }) => (body.entry ?? []).map(({ resource }) => resource?.id));

describe('search', () => {
  it('answers with a searchset whose links are absolute and whose entries are whole', async () => {
    const { status, body } = await endpoint.request('GET', 'Patient?family=fenwick&given=N1&_format=json');
    expect([status, body.type, body.total]).toEqual([200, 'searchset', 1]);
    expect(body.link?.[0]).toMatchObject({ relation: 'self' });
    expect(body.link?.[0]?.url).toContain(`${BASE}/Patient?family=fenwick&given=N1`);
    expect(body.entry).toEqual([
      { fullUrl: `${BASE}/Patient/p1`, resource: expect.objectContaining({ id: 'p1' }), search: { mode: 'match' } },
    ]);
  });

  it('that matches nothing is 200 without entries', async () => {
    const { status, body } = await endpoint.request('GET', 'Patient?family=nobody');
    expect([status, body.total, body.entry]).toEqual([200, 0, undefined]);
  });

  it('by an NHS number that may be a real person’s is refused, by GET and by POST; one of a test is not', async () => {
    const named = (number: string) => `identifier=urn:x|1,https://fhir.nhs.uk/Id/nhs-number|${number}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const answer of [
      await endpoint.request('GET', `Patient?${named('4010232137')}`),
      await endpoint.request('POST', 'Patient/_search', { body: named('4010232137'), headers }),
    ])
      expect(answer).toMatchObject({ status: 400, body: { issue: [{ code: 'business-rule' }] } });
    for (const number of ['9000000009', '5182663366', '9000000000'])
      expect((await endpoint.request('GET', `Patient?${named(number)}`)).status).toBe(200);
  });

  it('goes on by next links until all were seen once', async () => {
    const pages = await pagesFrom(await endpoint.request('GET', 'Patient?family=fenwick&_count=3'));
    expect(idsOn(pages)).toEqual([['p0', 'p1', 'p2'], ['p3', 'p4', 'p5'], ['p6']]);
  });

  it('by POST pages without a parameter of the body in any URL', async () => {
    const first = await endpoint.request('POST', 'Patient/_search?_count=3', { body: 'family=fenwick&_sort=-given' });
    const pages = await pagesFrom(first);
    expect(idsOn(pages)).toEqual([['p6', 'p5', 'p4'], ['p3', 'p2', 'p1'], ['p0']]);
    const urls = pages.flatMap(({ body }) => body.link ?? []).map(({ url }) => url);
    expect(urls.join().toLowerCase()).not.toContain('fenwick');
    expect(urls[0]).toBe(`${BASE}/Patient?_count=3`);
  });

  it.each([BASE, SHORT_BASE])('takes an absolute reference below %s for the relative one', async (base) => {
    const body = { resourceType: 'Observation', status: 'final', code: { text: 'own' } };
    const subject = { reference: `${base}/Patient/p2` };
    const made = await endpoint.request('POST', 'Observation', { body: { ...body, subject } });
    expect(made.body.subject).toEqual(subject);
    for (const value of ['Patient/p2', `${BASE}/Patient/p2`, `${SHORT_BASE}/Patient/p2`, 'p2'])
      expect((await endpoint.request('GET', `Observation?subject=${value}`)).body.total).toBe(1);
    for (const query of ['subject:Patient.given=N2', `_include=Observation:subject&_id=${made.body.id}`]) {
      const { body: found } = await endpoint.request('GET', `Observation?${query}`);
      expect([found.total, found.entry?.at(-1)?.resource?.id]).toEqual([
        1,
        query.startsWith('_') ? 'p2' : made.body.id,
      ]);
    }
    const headers = { 'if-none-exist': `subject=${SHORT_BASE}/Patient/p2` };
    expect((await endpoint.request('POST', 'Observation', { body: { ...body, subject }, headers })).status).toBe(200);
    await endpoint.request('DELETE', `Observation/${made.body.id}`);
  });

  it('looks up many references at once, and says how many are too many', async () => {
    const bulk = (count: number) => ['p1', ...Array.from({ length: count - 1 }, (_, index) => `none-${index}`)].join();
    const ask = (body: string) =>
      endpoint.request('POST', 'Observation/_search', { body, headers: { 'content-type': FORM } });
    for (const query of [`subject=${bulk(1000)}`, `subject:Patient=${bulk(1000)}&status=final`])
      expect(await ask(query)).toMatchObject({ status: 200, body: { total: 1 } });
    expect(await ask(`subject=${bulk(1001)}`)).toMatchObject({
      status: 400,
      body: { issue: [{ diagnostics: 'subject has 1001 values; 1000 are the most, so ask in several searches' }] },
    });
  });

  it('with includes marks them as such', async () => {
    const { body } = await endpoint.request('GET', 'Observation?_include=Observation:subject');
    expect(body.entry?.map(({ resource, search }) => [resource?.id, search?.mode])).toEqual([
      ['o', 'match'],
      ['p1', 'include'],
    ]);
  });

  it('names the parameters that it ignored, and shows none of them in self', async () => {
    const { body } = await endpoint.request('GET', 'Patient?family=fenwick&colour=red');
    const outcome = body.entry?.at(-1);
    expect(outcome?.search?.mode).toBe('outcome');
    expect(outcome?.resource?.issue?.[0]).toMatchObject({ severity: 'warning', location: ['http.colour'] });
    expect(body.link?.[0]?.url).not.toContain('colour');
  });

  it.each([
    ['Patient?colour=red', { prefer: 'handling=strict' }, 400],
    ['Patient?birthdate=banana', {}, 400],
    ['Patient?_page=made-up', {}, 400],
    ['Patient?_cursor=made-up', {}, 400],
    ['Patients?family=x', {}, 404],
  ])('%s with %j answers %i', async (url, headers, status) => {
    expect((await endpoint.request('GET', url, { headers })).status).toBe(status);
  });

  it.each([
    ['_summary=count', 7, undefined],
    ['_elements=active', 7, ['active', 'id', 'meta', 'resourceType']],
    ['_summary=text', 7, ['id', 'meta', 'resourceType']],
  ])('with %s counts %i and gives only what it names', async (query, total, members) => {
    const { body } = await endpoint.request('GET', `Patient?${query}`);
    const [first] = body.entry ?? [];
    expect(body.total).toBe(total);
    expect(first?.resource === undefined ? undefined : Object.keys(first.resource).sort()).toEqual(members);
  });

  it('finds an NHS number with a wrong check digit nowhere, without calling it an error', async () => {
    const url = 'Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9000000000';
    expect((await endpoint.request('GET', url)).body.total).toBe(0);
  });
});
