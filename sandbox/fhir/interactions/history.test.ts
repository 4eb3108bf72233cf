import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestEndpoint, type TestEndpoint } from '../fixture.ts';

let endpoint: TestEndpoint;
const MINUTE = 60_000;

beforeAll(async () => {
  endpoint = await openTestEndpoint();
  const patient = { resourceType: 'Patient', id: 'h' };
  const at = async (minute: number, method: string, url: string, body?: unknown) => {
    endpoint.clock.now = Date.parse('2026-11-22T10:00:00Z') + minute * MINUTE;
    await endpoint.request(method, url, body === undefined ? {} : { body });
  };
  await at(0, 'PUT', 'Patient/h', patient);
  await at(1, 'PUT', 'Basic/b', { resourceType: 'Basic', id: 'b', code: { text: 'x' } });
  await at(2, 'PATCH', 'Patient/h', [{ op: 'add', path: '/active', value: true }]);
  await at(3, 'DELETE', 'Patient/h');
  await at(4, 'POST', 'Patient', { resourceType: 'Patient' });
});
afterAll(() => endpoint.close());

const labels = async (url: string) => {
  const { body } = await endpoint.request('GET', url);
  return (body.entry ?? []).map(({ request, response }) => `${request?.method} ${response?.etag}`);
};

describe('history', () => {
  it('of a resource tells every version, newest first, and how each came about', async () => {
    const { body } = await endpoint.request('GET', 'Patient/h/_history');
    expect([body.type, body.total]).toEqual(['history', 3]);
    expect(
      body.entry?.map(({ request, response, resource }) => [request, response?.status, resource?.meta?.versionId]),
    ).toEqual([
      [{ method: 'DELETE', url: 'Patient/h' }, '204 No Content', undefined],
      [{ method: 'PATCH', url: 'Patient/h' }, '200 OK', '2'],
      [{ method: 'PUT', url: 'Patient/h' }, '201 Created', '1'],
    ]);
    expect(body.entry?.[1]?.fullUrl).toBe('http://sandbox.test/sandboxes/s/provider/FHIR/R4/Patient/h');
    expect(body.entry?.[1]?.response?.lastModified).toBe('2026-11-22T10:02:00.000Z');
  });

  it.each([
    ['Patient/_history', ['POST W/"1"', 'DELETE W/"3"', 'PATCH W/"2"', 'PUT W/"1"']],
    ['_history', ['POST W/"1"', 'DELETE W/"3"', 'PATCH W/"2"', 'PUT W/"1"', 'PUT W/"1"']],
    ['Basic/_history', ['PUT W/"1"']],
    ['Observation/_history', []],
    ['Patient/h/_history?_since=2026-11-22T10:02:00Z', ['DELETE W/"3"', 'PATCH W/"2"']],
    ['Patient/h/_history?_since=2026-11-22T11:02:00%2B01:00', ['DELETE W/"3"', 'PATCH W/"2"']],
    ['Patient/h/_history?_since=2026-11-22T11:02:00+01:00', ['DELETE W/"3"', 'PATCH W/"2"']],
    ['Patient/h/_history?_since=2027', []],
    ['Patient/h/_history?_at=2026-11-22T10:01:00Z', ['PUT W/"1"']],
    ['Patient/h/_history?_at=2026-11-22T10:02:30Z', ['PATCH W/"2"']],
    ['Patient/h/_history?_at=2026-11-22', ['DELETE W/"3"', 'PATCH W/"2"', 'PUT W/"1"']],
    ['Patient/h/_history?_at=2026-11-21', []],
    ['Patient/h/_history?_count=0', []],
  ])('%s tells %j', async (url, expected) => {
    expect(await labels(url)).toEqual(expected);
  });

  it.each([
    ['Patient/h/_history?_since=2027', 0],
    ['Patient/h/_history?_since=2026-11-22T10:02:00Z', 2],
    ['Patient/h/_history?_count=1', 3],
    ['Patient/_history', 4],
    ['_history', 5],
    ['Patient/_history?_count=1', undefined],
    ['_history?_summary=false', 5],
    ['_history?_summary=count', 5],
    ['Patient/_history?_summary=count&_since=2026-11-22T10:02:00Z', 3],
    ['Patient/_history?_summary=count&_at=2026-11-22T10:01:30Z', 1],
    ['Patient/h/_history?_summary=count', 3],
  ])('%s has the total %s', async (url, total) => {
    expect((await endpoint.request('GET', url)).body.total).toBe(total);
  });

  it.each(['_summary=true', '_elements=active'])('with %s tells of each version a part', async (query) => {
    const { body } = await endpoint.request('GET', `Patient/h/_history?${query}`);
    expect(body.entry?.map(({ resource }) => JSON.stringify(resource ?? {}).includes('SUBSETTED'))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it.each([
    ['Patient/nobody/_history', 404],
    ['_history?_summary=some', 400],
    ['Nothing/_history', 404],
    ['Patient/a_b/_history', 400],
    ['_history?_since=yesterday', 400],
    ['_history?_since=2026-02-30', 400],
    ['_history?_at=2026-11-22T25:00:00Z', 400],
    ['_history?_count=many', 400],
    ['_history?before=x', 400],
  ])('%s answers %i', async (url, status) => {
    expect((await endpoint.request('GET', url)).status).toBe(status);
  });

  it('pages by the next link without leaving out or repeating anything, while more is written', async () => {
    const seen: string[] = [];
    let url: string | undefined = '_history?_count=2';
    while (url !== undefined) {
      const { body } = await endpoint.request('GET', url);
      seen.push(...(body.entry ?? []).map(({ fullUrl, response }) => `${fullUrl} ${response?.etag}`));
      await endpoint.request('POST', 'Patient', { body: { resourceType: 'Patient' } });
      url = body.link?.find(({ relation }) => relation === 'next')?.url;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });
});
