import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilityStatement } from '../capability-statement.ts';
import { everyOperation } from '../endpoint.ts';
import { openTestEndpoint, type TestEndpoint, testDialect } from '../fixture.ts';
import { jsonFormat } from '../format.ts';
import { validateResource } from '../validate.ts';
import { createResource } from './create.ts';
import { readResource } from './read.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await openTestEndpoint();
});
afterAll(() => endpoint.close());

const statementOf = (operations: typeof everyOperation, dialect = testDialect) =>
  capabilityStatement({ operations, formats: [jsonFormat], handlers: {} }, dialect, 'http://x.test/FHIR/R4');

describe('capabilities', () => {
  it.each(['metadata', 'metadata?mode=full', 'metadata?mode=normative', 'metadata?mode=terminology'])(
    '%s answers a valid resource with this base in it',
    async (url) => {
      const { status, body } = await endpoint.request('GET', url);
      expect(status).toBe(200);
      expect(validateResource(body)).toEqual([]);
      expect(body.implementation).toMatchObject({ url: 'http://sandbox.test/sandboxes/s/provider/FHIR/R4' });
    },
  );

  it('refuses another mode', async () => {
    expect((await endpoint.request('GET', 'metadata?mode=some')).status).toBe(400);
  });

  it('says what is composed, and nothing else', () => {
    const [rest] = statementOf([readResource, createResource]).rest ?? [];
    const patient = rest?.resource?.find(({ type }) => type === 'Patient');
    expect(patient).toEqual({
      type: 'Patient',
      profile: 'http://hl7.org/fhir/StructureDefinition/Patient',
      interaction: [{ code: 'read' }, { code: 'create' }],
      versioning: 'versioned',
      conditionalRead: 'full-support',
      conditionalCreate: true,
      referencePolicy: ['literal', 'logical'],
    });
    expect(rest).not.toHaveProperty('interaction');
  });

  it('names every type with its search parameters', () => {
    const [rest] = statementOf(everyOperation).rest ?? [];
    expect(rest?.resource).toHaveLength(146);
    const observation = rest?.resource?.find(({ type }) => type === 'Observation');
    expect(observation).toMatchObject({
      searchInclude: expect.arrayContaining(['Observation:subject']),
      searchParam: expect.arrayContaining([
        { name: 'code', definition: 'http://hl7.org/fhir/SearchParameter/clinical-code', type: 'token' },
      ]),
    });
    expect(rest?.interaction).toEqual([
      { code: 'search-system' },
      { code: 'history-system' },
      { code: 'batch' },
      { code: 'transaction' },
    ]);
  });

  it('names what refers to a type, its composite parameters, its operations, and the compartments', () => {
    const [rest] = statementOf(everyOperation).rest ?? [];
    const [patient, observation] = ['Patient', 'Observation'].map((name) =>
      rest?.resource?.find(({ type }) => type === name),
    );
    expect(patient?.searchRevInclude).toEqual(expect.arrayContaining(['Observation:subject', 'Patient:link']));
    expect(patient?.searchRevInclude).not.toContain('Observation:encounter');
    expect(patient?.operation?.map(({ name }) => name)).toEqual(['validate', 'everything']);
    expect(observation?.operation?.map(({ name }) => name)).toEqual(['validate']);
    expect(observation?.searchParam).toContainEqual(
      expect.objectContaining({ name: 'code-value-quantity', type: 'composite' }),
    );
    expect(rest?.compartment).toContain('http://hl7.org/fhir/CompartmentDefinition/relatedPerson');
    expect(rest?.compartment).toHaveLength(5);
  });

  it('says where versions are required', () => {
    const strict = { ...testDialect, concurrency: { ifMatchRequired: true } };
    expect(statementOf(everyOperation, strict).rest?.[0]?.resource?.[0]).toMatchObject({
      versioning: 'versioned-update',
    });
  });
});
