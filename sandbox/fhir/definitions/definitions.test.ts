import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildDefinitions, packDefinitions } from './build.ts';
import { loadDefinitions } from './load.ts';
import { resourceTypes, typeIndex } from './types.ts';

describe('the definitions of R4', () => {
  it('are the file that build.ts makes of the published ones', () => {
    const committed = readFileSync(new URL('./definitions.json.gz', import.meta.url));
    expect(packDefinitions(buildDefinitions()).equals(committed)).toBe(true);
    expect(committed.length).toBeLessThan(300_000);
  });

  it('know the 146 concrete resource types, sorted, in places that never change', () => {
    expect(resourceTypes()).toHaveLength(146);
    expect([...resourceTypes()].sort()).toEqual(resourceTypes());
    expect([
      typeIndex('Account'),
      typeIndex('Observation'),
      typeIndex('Patient'),
      typeIndex('VisionPrescription'),
    ]).toEqual([0, 95, 102, 145]);
  });

  it.each(['Resource', 'DomainResource', 'SubscriptionStatus', 'Bot', 'constructor', '__proto__', ''])(
    'do not take %j for a resource type',
    (name) => {
      expect(typeIndex(name)).toBeUndefined();
    },
  );

  it.each([
    ['Meta', 'project', false],
    ['ResearchStudy', 'whyStopped', false],
    ['Binary', 'url', false],
    ['EvidenceVariable.characteristic', 'timeFromStart', true],
    ['EvidenceVariable.characteristic', 'definitionByCombination', false],
    ['Observation.component', 'referenceRange', true],
    ['Patient', 'deceased', true],
  ])('follow the standard, not the additions of the package: %s.%s', (type, name, there) => {
    expect(loadDefinitions().types[type]?.elements.some((element) => element.name === name)).toBe(there);
  });

  it('list the codes of a required binding only where the standard lists all of them', () => {
    const { codes } = loadDefinitions();
    expect(codes['http://hl7.org/fhir/ValueSet/administrative-gender']).toEqual({
      'http://hl7.org/fhir/administrative-gender': ['female', 'male', 'other', 'unknown'],
    });
    expect(codes['http://hl7.org/fhir/ValueSet/mimetypes']).toBeUndefined();
  });
});
