import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint, type TestReply } from '../fixture.ts';

const BASE = 'http://sandbox.test/sandboxes/s/provider/FHIR/R4';
let endpoint: TestEndpoint;
const put = (resource: { resourceType: string; id: string; [element: string]: unknown }) =>
  endpoint.request('PUT', `${resource.resourceType}/${resource.id}`, { body: resource });
const toPatient = { reference: 'Patient/p1' };
beforeAll(async () => {
  endpoint = await openTestEndpoint();
  await put({ resourceType: 'Organization', id: 'gp', name: 'The Surgery', meta: { tag: [{ code: 'red' }] } });
  await put({ resourceType: 'Patient', id: 'p1', managingOrganization: { reference: 'Organization/gp' } });
  await put({ resourceType: 'Patient', id: 'p2', meta: { tag: [{ code: 'red' }] } });
  await put({ resourceType: 'Practitioner', id: 'd1' });
  const note = { status: 'final', code: { text: 'x' } };
  await put({ resourceType: 'Observation', id: 'o1', ...note, subject: toPatient, meta: { tag: [{ code: 'red' }] } });
  await put({ resourceType: 'Observation', id: 'o2', ...note, performer: [toPatient], status: 'amended' });
  await put({ resourceType: 'Observation', id: 'o3', ...note, subject: { reference: `${BASE}/Patient/p1` } });
  await put({ resourceType: 'Observation', id: 'o4', ...note, subject: { reference: 'Patient/p2' } });
  const encounter = { resourceType: 'Encounter', status: 'planned', class: { code: 'AMB' }, subject: toPatient };
  await put({ ...encounter, id: 'e1', participant: [{ individual: { reference: 'Practitioner/d1' } }] });
});
afterAll(() => endpoint.close());

const found = ({ body }: TestReply, mode = 'match') =>
  (body.entry ?? [])
    .filter(({ search }) => search?.mode === mode)
    .map(({ resource }) => `${resource?.resourceType}/${resource?.id}`);

const pagesOf = async (first: TestReply): Promise<TestReply[]> => {
  const pages = [first];
  for (;;) {
    const next = pages.at(-1)?.body.link?.find(({ relation }) => relation === 'next')?.url;
    if (next === undefined) return pages;
    pages.push(await endpoint.request('GET', next.replace(`${BASE}?`, '?')));
  }
};

describe('a search in a compartment', () => {
  it.each([
    ['Patient/p1/Observation', ['Observation/o1', 'Observation/o2', 'Observation/o3']],
    ['Patient/p1/Observation?status=final', ['Observation/o1', 'Observation/o3']],
    ['Patient/p1/Observation?_sort=-_id&_count=2', ['Observation/o3', 'Observation/o2']],
    ['Patient/p1/*', ['Patient/p1', 'Observation/o1', 'Observation/o2', 'Observation/o3', 'Encounter/e1']],
    ['Patient/p1/*?_type=Encounter,Patient', ['Patient/p1', 'Encounter/e1']],
    ['Patient/p1/*?_tag=red', ['Observation/o1']],
    ['Patient/p1/Patient', ['Patient/p1']],
    ['Practitioner/d1/Encounter', ['Encounter/e1']],
    ['Practitioner/d1/*', ['Practitioner/d1', 'Encounter/e1']],
    ['Encounter/e1/Observation', []],
    ['Patient/nobody/Observation', []],
  ])('%s finds %j', async (url, expected) => {
    const answer = await endpoint.request('GET', url);
    expect([answer.status, answer.body.type, found(answer)]).toEqual([200, 'searchset', expected]);
    expect(answer.body.link?.[0]?.url.startsWith(`${BASE}/${url.split('?')[0]}`)).toBe(true);
  });

  it.each([
    ['Organization/gp/Patient', /no Organization compartment/],
    ['Patient/p1/Location', /Location is never in a Patient compartment/],
    ['Patient/p1/Locations', /not a resource type/],
    ['Patient/p1/$cure', /operation \$cure is not served/],
  ])('%s is not there, and says why', async (url, detail) => {
    const { status, body } = await endpoint.request('GET', url);
    expect([status, body.issue?.[0]?.code]).toEqual([404, 'not-supported']);
    expect(body.issue?.[0]?.diagnostics).toMatch(detail);
  });

  it('by POST keeps the parameters out of every URL', async () => {
    const first = await endpoint.request('POST', 'Patient/p1/Observation/_search', {
      body: '_count=2&code:missing=true',
    });
    expect(found(first)).toEqual([]);
    const pages = await pagesOf(await endpoint.request('POST', 'Patient/p1/*/_search', { body: '_count=2' }));
    expect(pages.map((page) => found(page).length)).toEqual([2, 2, 1]);
    expect(JSON.stringify(pages.map(({ body }) => body.link))).not.toContain('_count');
  });
});

describe('a search over several types', () => {
  it.each([
    ['?_tag=red', ['Organization/gp', 'Patient/p2', 'Observation/o1']],
    ['?_type=Patient,Organization', ['Organization/gp', 'Patient/p1', 'Patient/p2']],
    ['?_type=Patient&_type=Encounter&_id=p1,e1', ['Patient/p1', 'Encounter/e1']],
    ['?_id=o1', ['Observation/o1']],
    ['?_type=Observation,Encounter&status=final', ['Observation/o1', 'Observation/o3', 'Observation/o4']],
    ['?_type=Observation,Encounter&subject:Patient=p1', ['Observation/o1', 'Observation/o3', 'Encounter/e1']],
    ['?_type=Patient,Practitioner&_sort=-_id', ['Patient/p2', 'Patient/p1', 'Practitioner/d1']],
    ['?_type=Account', []],
  ])('%s finds %j', async (url, expected) => {
    const answer = await endpoint.request('GET', url);
    expect([answer.status, found(answer), answer.body.total]).toEqual([200, expected, expected.length]);
    expect(answer.body.link?.[0]?.url).toMatch(new RegExp(`^${BASE}\\?_`));
  });

  it('pages through all of them in one order, each once', async () => {
    for (const sort of ['', '&_sort=_id', '&_sort=-_lastUpdated']) {
      const pages = await pagesOf(await endpoint.request('GET', `?_count=4${sort}`));
      const all = pages.flatMap((page) => found(page));
      expect(pages.map((page) => found(page).length)).toEqual([4, 4, 1]);
      expect(new Set(all).size).toBe(9);
    }
  });

  it('includes, counts and cuts down as any search does', async () => {
    const including = await endpoint.request('GET', '?_type=Patient&_include=Patient:organization');
    expect(found(including, 'include')).toEqual(['Organization/gp']);
    const all = await endpoint.request('GET', '?_type=Patient,Encounter&_include=*');
    expect(found(all, 'include').sort()).toEqual(['Organization/gp', 'Practitioner/d1']);
    expect((await endpoint.request('GET', '?_summary=count')).body).toMatchObject({ total: 9 });
    const short = await endpoint.request('GET', '?_type=Organization&_elements=Organization.name');
    expect(Object.keys(short.body.entry?.[0]?.resource ?? {})).toEqual(['resourceType', 'id', 'meta', 'name']);
  });

  it('ignores what some of the types lack, or refuses it', async () => {
    for (const query of ['?status=final', '?_type=Patient,Observation&status=final']) {
      const answer = await endpoint.request('GET', query);
      expect(found(answer, 'outcome')).toHaveLength(1);
      expect(answer.body.link?.[0]?.url).not.toContain('status');
      const strict = await endpoint.request('GET', query, { headers: { prefer: 'handling=strict' } });
      expect(strict.status).toBe(400);
    }
  });

  it.each([
    '?_type=Nothing',
    '?_sort=name',
    '?_count=x',
    '?_filter=x',
    `?_tag=${Array(90).fill('a').join()}`.repeat(1),
  ])('%s is refused where it cannot be answered', async (url) => {
    const { status } = await endpoint.request('GET', url);
    expect(status).toBe(url.startsWith('?_tag') ? 200 : 400);
  });

  it('stands in a batch as well', async () => {
    const entry = ['?_type=Patient', 'Patient/p1/Observation', 'Patient/p1/$everything', 'Patient/p1/$validate'].map(
      (url) => ({ request: { method: 'GET', url } }),
    );
    const { body } = await endpoint.request('POST', '', { body: { resourceType: 'Bundle', type: 'batch', entry } });
    expect(body.entry?.map(({ resource }) => [resource?.resourceType, resource?.total])).toEqual([
      ['Bundle', 2],
      ['Bundle', 3],
      ['Bundle', 5],
      ['OperationOutcome', undefined],
    ]);
  });
});

describe('$everything of a patient', () => {
  it('is the compartment and what it refers to', async () => {
    const answer = await endpoint.request('GET', 'Patient/p1/$everything');
    expect(found(answer)).toEqual(['Patient/p1', 'Observation/o1', 'Observation/o2', 'Observation/o3', 'Encounter/e1']);
    expect(found(answer, 'include').sort()).toEqual(['Organization/gp', 'Practitioner/d1']);
  });

  it('is cut down by _type and _since, and paged by _count', async () => {
    const encounters = await endpoint.request('GET', 'Patient/p1/$everything?_type=Encounter');
    expect([found(encounters), found(encounters, 'include')]).toEqual([['Encounter/e1'], []]);
    const later = await endpoint.request('GET', 'Patient/p1/$everything?_since=2100-01-01T00:00:00Z');
    expect(found(later)).toEqual([]);
    const pages = await pagesOf(await endpoint.request('GET', 'Patient/p1/$everything?_count=2'));
    expect(pages.flatMap((page) => found(page))).toHaveLength(5);
    const body = { resourceType: 'Parameters', parameter: [{ name: '_type', valueString: 'Patient' }] };
    expect(found(await endpoint.request('POST', 'Patient/p1/$everything', { body }))).toEqual(['Patient/p1']);
    expect(found(await endpoint.request('POST', 'Patient/p1/$everything'))).toHaveLength(5);
  });

  it.each([
    ['Patient/nobody/$everything', 404],
    ['Patient/p1/$everything?start=2026-01-01', 400],
    ['Patient/p1/$everything?_since=yesterday', 400],
    ['Patient/p1/$everything?_type=Location', 400],
    ['Observation/o1/$everything', 404],
  ])('%s answers %i', async (url, status) => {
    expect((await endpoint.request('GET', url)).status).toBe(status);
  });
});
