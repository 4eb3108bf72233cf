import { describe, expect, it } from 'vitest';
import { carePlan } from '../../care-plan.ts';
import { writesAs } from '../../organisations.ts';
import { type Asked, type Box, boxes, codesOf } from '../shared.test-data.ts';

const { open } = boxes();

let count = 0;
const plan = (more: object = {}): Record<string, unknown> => {
  count += 1;
  const by = writesAs('contributor');
  return {
    ...carePlan({ by, value: `p${count}`, patient: '9000000009', at: Date.UTC(2026, 9, 1) }),
    ...more,
  };
};

const made = async (box: Box, body: object = plan()): Promise<fhir4.CarePlan & { id: string }> => {
  const { status, body: created } = await box.fhir('CarePlan', { method: 'POST', body });
  expect(status).toBe(201);
  return created as fhir4.CarePlan & { id: string };
};

const put = (box: Box, body: { readonly id?: string }, version?: string, more: Asked = {}) =>
  box.fhir(`CarePlan/${body.id}`, {
    method: 'PUT',
    body,
    ...more,
    headers: version === undefined ? {} : { 'if-match': version },
  });

describe('a shared record', () => {
  it('can be read by a second organisation as soon as the first has written it', async () => {
    const box = await open();
    const created = await box.fhir('CarePlan', { method: 'POST', body: plan(), as: 'contributor' });
    const location = created.headers.get('location') ?? '';
    expect(created.status).toBe(201);
    expect((await box.fhir(location.replace(/^.*\/FHIR\/R4\//, ''), { as: 'other-contributor' })).status).toBe(200);
  });

  it('is not changed without the version that was read, nor with a stale one', async () => {
    const box = await open();
    const record = await made(box);
    const blind = await put(box, { ...record, id: record.id });
    expect([blind.status, codesOf(blind)]).toEqual([400, ['required']]);
    expect((await put(box, record, 'W/"1"')).status).toBe(200);
    const stale = await put(box, record, 'W/"1"');
    expect([stale.status, codesOf(stale)]).toEqual([412, ['conflict']]);
    const patch = [{ op: 'add', path: '/description', value: 'x' }];
    const patching = { method: 'PATCH', body: patch, headers: { 'content-type': 'application/json-patch+json' } };
    expect((await box.fhir(`CarePlan/${record.id}`, patching)).status).toBe(400);
    expect((await box.fhir(`CarePlan/${record.id}/_history/1`)).status).toBe(200);
  });

  it('has an identifier of its own for good, also when it is deleted', async () => {
    const box = await open();
    const body = plan();
    const record = await made(box, body);
    const twice = await box.fhir('CarePlan', { method: 'POST', body });
    expect([twice.status, codesOf(twice)]).toEqual([422, ['duplicate']]);
    const other = await put(
      box,
      { ...record, identifier: [{ system: 'urn:x', value: 'other' }] } as typeof record,
      'W/"1"',
    );
    expect([other.status, codesOf(other)]).toEqual([422, ['business-rule']]);
    await box.fhir(`CarePlan/${record.id}`, { method: 'DELETE' });
    expect((await box.fhir('CarePlan', { method: 'POST', body })).status).toBe(422);
  });

  it('is hidden by a deletion, keeps its history, and is brought back by an update', async () => {
    const box = await open();
    const record = await made(box);
    expect((await box.fhir(`CarePlan/${record.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await box.fhir(`CarePlan/${record.id}`)).status).toBe(410);
    expect(((await box.fhir(`CarePlan/${record.id}/_history`)).body as fhir4.Bundle).total).toBe(2);
    expect((await put(box, record)).status).toBe(201);
    expect((await box.fhir(`CarePlan/${record.id}`)).headers.get('etag')).toBe('W/"3"');
    const { body } = await box.ask(`/contributions/CarePlan/${record.id}`);
    const deeds = (body as fhir4.Bundle).entry?.map(
      ({ resource }) => (resource as fhir4.Provenance).activity?.coding?.[0]?.code,
    );
    expect(deeds).toEqual(['CREATE', 'DELETE', 'REACTIVATE']);
  });

  it('leaves a Provenance of each version that others find and nobody writes', async () => {
    const box = await open();
    const record = await made(box);
    await put(box, record, 'W/"1"', { as: 'other-contributor' });
    const found = (await box.fhir(`Provenance?target=CarePlan/${record.id}`)).body as fhir4.Bundle;
    const who = found.entry?.map(({ resource }) => (resource as fhir4.Provenance).agent[0]?.who.display);
    expect(who?.toSorted()).toEqual(['Anyone without a credential', 'Larch Lane School']);
    const [first] = found.entry ?? [];
    const forged = await box.fhir('Provenance', { method: 'POST', body: { ...first?.resource, id: undefined } });
    expect([forged.status, codesOf(forged)]).toEqual([403, ['forbidden']]);
    expect((await box.fhir(`Provenance/${first?.resource?.id}`, { method: 'DELETE' })).status).toBe(403);
  });
});

describe('permission', () => {
  const asSchool = { as: 'other-contributor' };

  it.each([
    [
      'create another type',
      (box: Box) =>
        box.fhir('Observation', {
          method: 'POST',
          body: { resourceType: 'Observation', status: 'final', code: { text: 'x' } },
          ...asSchool,
        }),
    ],
    ['delete', (box: Box) => box.fhir('CarePlan/shared-plan', { method: 'DELETE', ...asSchool })],
    ['read another type', (box: Box) => box.fhir('Slot?_count=1', asSchool)],
    ['read everything at once', (box: Box) => box.fhir('?_type=CarePlan,Patient', asSchool)],
    ['have others brought along', (box: Box) => box.fhir('CarePlan?_include=CarePlan:subject', asSchool)],
    [
      'change people',
      (box: Box) =>
        box.fhir('Patient/9000000009', {
          method: 'PATCH',
          body: [],
          headers: { 'content-type': 'application/json-patch+json', 'if-match': 'W/"1"' },
          ...asSchool,
        }),
    ],
  ])('does not let a school %s', async (_what, request) => {
    const refused = await request(await open());
    expect([refused.status, codesOf(refused)]).toEqual([403, ['forbidden']]);
  });

  it('is asked for each entry of a batch, and a mixed one loses nothing of what was good', async () => {
    const box = await open();
    const entry = [
      { request: { method: 'POST', url: 'CarePlan' }, resource: plan() },
      {
        request: { method: 'POST', url: 'Observation' },
        resource: { resourceType: 'Observation', status: 'final', code: { text: 'x' } },
      },
      { request: { method: 'GET', url: 'Slot?_count=1' } },
      { request: { method: 'GET', url: 'CarePlan/shared-plan' } },
    ];
    const batch = await box.ask('/FHIR/R4', {
      method: 'POST',
      body: { resourceType: 'Bundle', type: 'batch', entry },
      ...asSchool,
    });
    const answers = (batch.body as fhir4.Bundle).entry ?? [];
    expect(answers.map(({ response }) => response?.status.slice(0, 3))).toEqual(['201', '403', '403', '200']);
    const made = answers[0]?.response?.location?.replace(/^.*\/(CarePlan\/[^/]+).*$/, '$1') ?? '';
    expect((await box.fhir(made)).status).toBe(200);
    const whole = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ request: { method: 'GET', url: 'Slot?_count=1' } }],
    };
    expect((await box.ask('/FHIR/R4', { method: 'POST', body: whole, ...asSchool })).status).toBe(403);
  });

  it('is data: the keeper of the repository changes it, and adds organisations without an ODS code', async () => {
    const box = await open();
    await box.act('repository', 'set-permissions', {
      organisation: 'larch-lane-school',
      permissions: ['CarePlan.CRUDS'],
    });
    const record = await made(box);
    expect((await box.fhir(`CarePlan/${record.id}`, { method: 'DELETE', ...asSchool })).status).toBe(204);
    await box.act('repository', 'add-organisation', {
      organisation: 'fenside',
      title: 'Fenside Academy',
      participant: 'other-contributor',
      permissions: ['CarePlan.R'],
    });
    const second = await made(box);
    expect((await box.fhir(`CarePlan/${second.id}`, asSchool)).status).toBe(200);
    expect((await put(box, second, 'W/"1"', asSchool)).status).toBe(403);
    const { body } = await box.ask('/permissions');
    expect(body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ organisation: 'fenside', permissions: ['CarePlan.R'] }),
      ]),
    });
    await expect(box.act('repository', 'set-permissions', { organisation: 'nobody', permissions: [] })).rejects.toThrow(
      'There is no organisation nobody',
    );
  });
});
