import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spokenIn } from './contract-in-dialect.ts';
import { parseDialect } from './dialect-loader.ts';

const dialect = parseDialect(readFileSync(new URL('./dialects/pds.yaml', import.meta.url), 'utf8'), 'pds');
const answer = { 200: { $ref: '#/components/responses/Told' } };
const pattern = {
  openapi: '3.0.3',
  tags: [{ name: 'ours' }, { name: 'people' }],
  paths: {
    '/told/{id}': { 'x-in-every-dialect': true, get: { operationId: 'told', tags: ['ours'], responses: answer } },
    '/FHIR/R4': { get: { operationId: 'plain', tags: ['people'], responses: answer } },
  },
  components: { responses: { Told: { description: 'Told' }, Unused: { description: 'Not named' } } },
};
const contract = { openapi: '3.0.3', tags: [{ name: 'theirs' }], paths: { '/own': { get: { operationId: 'own' } } } };

describe('a dialect with paths of its own', () => {
  it('is served with those that the pattern has in every dialect, and with nothing else of it', () => {
    expect(spokenIn(pattern, { dialect, contract }).contract).toEqual({
      openapi: '3.0.3',
      tags: [{ name: 'theirs' }, { name: 'ours' }],
      paths: { '/own': contract.paths['/own'], '/told/{id}': pattern.paths['/told/{id}'] },
      components: { responses: { Told: { description: 'Told' } } },
    });
  });

  it('is served as it stands where the pattern marks none', () => {
    const { '/FHIR/R4': plain } = pattern.paths;
    expect(spokenIn({ ...pattern, paths: { '/FHIR/R4': plain } }, { dialect, contract }).contract).toBe(contract);
  });

  it('is the pattern’s own where it has none', () => {
    expect(spokenIn(pattern, { dialect }).contract).toBeUndefined();
  });
});
