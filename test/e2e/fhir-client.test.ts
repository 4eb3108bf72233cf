import { Client } from 'fhir-kit-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService, temporaryFolder } from './running-service.ts';
import { type CreatedSandbox, createSandbox, request } from './sandbox-client.ts';

const folder = temporaryFolder();
let service: Service;
let sandbox: CreatedSandbox;
beforeAll(async () => {
  service = await startService(folder.path);
  sandbox = await createSandbox(service.url, { dialect: 'fhir-r4' });
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

/** The client gives every resource one loose type; what it is was asked for. */
const typed = <T>(resource: unknown): T => resource as T;

describe('fhir-kit-client, a FHIR client that we did not write', () => {
  it('finds pointers at a registry, and retrieves what they lead to from the repositories', async () => {
    const box = await createSandbox(service.url, { pattern: 'registry-repository', dialect: 'fhir-r4' });
    const client = new Client({ baseUrl: box.fhir });
    const searchParams = { 'subject:identifier': 'https://fhir.nhs.uk/Id/nhs-number|9000000009', status: 'current' };
    const options = { postSearch: true };
    const search = await client.search({ resourceType: 'DocumentReference', searchParams, options });
    const found = typed<fhir4.Bundle<fhir4.DocumentReference>>(search).entry ?? [];
    expect(found.map(({ resource }) => resource?.custodian?.display)).toContain('Ashcombe Mental Health Trust');
    for (const { resource } of found) {
      const url = new URL(resource?.content[0]?.attachment.url ?? '');
      const [base = '', type = '', id = ''] = /^(.+)\/(\w+)\/([\w.-]+)$/.exec(url.href)?.slice(1) ?? [];
      const document = await new Client({ baseUrl: base }).read({ resourceType: type, id });
      expect(document).toMatchObject({ resourceType: type, id });
      if (type === 'Binary') expect(typed<fhir4.Binary>(document).data).toMatch(/^[A-Za-z0-9+/]+=*$/);
    }
    const statement = await client.capabilityStatement();
    expect(JSON.stringify(statement)).not.toContain('"Patient"');
  });

  it('reads the capabilities, searches, pages, reads, patches and creates, and is seen in the journal', async () => {
    const client = new Client({ baseUrl: sandbox.fhir });
    expect(await client.capabilityStatement()).toMatchObject({
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
    });

    const search = await client.search({ resourceType: 'Patient', searchParams: { _count: 2, _sort: 'family' } });
    const found = typed<fhir4.Bundle<fhir4.Patient>>(search);
    expect(found).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
    expect(found.entry).toHaveLength(2);
    const link = found.link?.find(({ relation }) => relation === 'next')?.url ?? '';
    const next = typed<fhir4.Bundle<fhir4.Patient>>(await client.request(link));
    expect(next.entry?.length).toBeGreaterThan(0);
    expect(next.entry?.[0]?.resource?.id).not.toBe(found.entry?.[0]?.resource?.id);

    const id = found.entry?.[0]?.resource?.id ?? '';
    const patient = typed<fhir4.Patient>(await client.read({ resourceType: 'Patient', id }));
    const version = patient.meta?.versionId ?? '';
    const jsonPatch = [{ op: 'add' as const, path: '/birthDate', value: '1972-02-29' }];
    const patched = await client.patch({ resourceType: 'Patient', id, jsonPatch });
    expect(patched).toMatchObject({ id, birthDate: '1972-02-29', meta: { versionId: String(Number(version) + 1) } });
    expect(await client.vread({ resourceType: 'Patient', id, version })).toEqual(patient);

    const body = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'Height' },
      subject: { reference: `Patient/${id}` },
    };
    const created = await client.create({ resourceType: 'Observation', body });
    const searchParams = { subject: `Patient/${id}` };
    expect(await client.search({ resourceType: 'Observation', searchParams })).toMatchObject({
      entry: [{ resource: { id: created.id } }],
    });

    const path = `/api/sandboxes/${sandbox.id}/exchanges?limit=1000`;
    const journal = await request(service.url, 'GET', path, { key: sandbox.key });
    expect(JSON.stringify(journal.body)).toContain(`"operation":"patchResource"`);
  });

  it('searches over all types and in a compartment, and calls operations', async () => {
    const client = new Client({ baseUrl: sandbox.fhir });
    const id = '9000000009';
    const related = { total: 2, entry: [{ resource: { resourceType: 'RelatedPerson' } }, {}] };
    const compartment = { resourceType: 'Patient', id };
    expect(await client.compartmentSearch({ resourceType: 'RelatedPerson', compartment })).toMatchObject(related);
    const searchParams = { _type: 'Patient,RelatedPerson', _id: id };
    expect(await client.systemSearch({ searchParams })).toMatchObject({ entry: [{ resource: { id } }] });
    const named = { resourceType: 'Patient', id };
    const everything = typed<fhir4.Bundle>(await client.operation({ ...named, name: 'everything', method: 'GET' }));
    expect(everything.entry?.map(({ resource }) => resource?.resourceType)).toContain('Patient');
    const input = { resourceType: 'Patient', gender: 'F' };
    const verdict = await client.operation({ name: 'validate', resourceType: 'Patient', input });
    expect(verdict).toMatchObject({ issue: [{ severity: 'error', expression: ['Patient.gender'] }] });
  });

  it('is told exactly what is wrong with a resource', async () => {
    const client = new Client({ baseUrl: sandbox.fhir });
    const body = { resourceType: 'Patient', gender: 'F', name: [{ family: 7 }], colour: 'red' };
    const error = await client.create({ resourceType: 'Patient', body }).catch((reason: unknown) => reason);
    const { response } = typed<{ response: { status: number; data: fhir4.OperationOutcome } }>(error);
    expect(response.status).toBe(400);
    const places = response.data.issue.flatMap(({ expression }) => expression ?? []);
    expect(places.toSorted()).toEqual(['Patient.colour', 'Patient.gender', 'Patient.name[0].family']);
  });
});
