import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBundle } from './definitions/source.ts';
import { resourceTypes } from './definitions/types.ts';
import { FAULTS_MAX, validateResource } from './validate.ts';
import { typeRules } from './validate-schema.ts';

const patient = (more: object): object => ({ resourceType: 'Patient', ...more });
const observation = (more: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'weight' },
  ...more,
});
const ratio = { url: 'http://example.org/x', valueString: 'y' };
const xhtml = (inner: string): object => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`,
});

describe('a valid resource', () => {
  it.each([
    ['with little in it', patient({})],
    ['with a partial date', patient({ birthDate: '1980-02' })],
    ['with a leap day', patient({ birthDate: '2024-02-29' })],
    ['with an extension in place of a value', patient({ _birthDate: { extension: [ratio] } })],
    ['with a gap in a primitive list', patient({ name: [{ given: [null, 'Ann'], _given: [{ extension: [ratio] }] }] })],
    ['with an id on a primitive', patient({ birthDate: '1980', _birthDate: { id: 'b' } })],
    ['with one choice', observation({ valueQuantity: { value: 1.5, unit: 'kg' } })],
    [
      'with an element defined elsewhere',
      observation({ component: [{ code: { text: 'x' }, referenceRange: [{ text: 'y' }] }] }),
    ],
    [
      'with a contained resource that is used',
      patient({
        contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
        managingOrganization: { reference: '#o' },
      }),
    ],
    [
      'with a period of unequal precision',
      patient({ name: [{ text: 'x', period: { start: '2020-05-01', end: '2020' } }] }),
    ],
    ['with a narrative', patient({ text: xhtml('<p class="x">A &amp; B &#160;<br/></p>') })],
    [
      'with an absolute reference',
      patient({ managingOrganization: { reference: 'https://example.org/Organization/1' } }),
    ],
    ['with a nested extension', patient({ extension: [{ url: 'a', extension: [ratio] }] })],
    [
      'that is a transaction with a conditional reference',
      {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          {
            resource: patient({ managingOrganization: { reference: 'Organization?identifier=x' } }),
            request: { method: 'POST', url: 'Patient' },
          },
        ],
      },
    ],
  ])('%s has no faults', (_, resource) => {
    expect(validateResource(resource)).toEqual([]);
  });

  it.each([
    'valuesets.json',
    'conceptmaps.json',
    'v3-codesystems.json',
    'search-parameters.json',
    'extension-definitions.json',
    'profiles-others.json',
  ])('published by HL7 has no faults: all of %s', (file) => {
    const faulty = readBundle(file).flatMap((resource) => {
      const faults = validateResource(resource);
      return faults.length === 0 ? [] : [{ url: resource.url, faults }];
    });
    expect(faulty).toEqual([]);
  });
});

describe('a broken resource', () => {
  it('has all its faults reported, in the order of the document', () => {
    const faults = validateResource(patient({ gender: 'x', birthDate: 'y', name: [{ given: ['', 1] }] }));
    expect(faults.map((fault) => fault.at)).toEqual([
      'Patient.gender',
      'Patient.birthDate',
      'Patient.name[0].given[0]',
      'Patient.name[0].given[1]',
    ]);
  });

  it('has a bounded number of faults reported', () => {
    expect(validateResource(patient({ name: Array.from({ length: 5000 }, () => ({ x: 1 })) }))).toHaveLength(
      FAULTS_MAX,
    );
  });

  it('of another type than the path names is refused', () => {
    expect(validateResource(patient({}), 'Observation')).toMatchObject([
      { detail: 'must be of type Observation, not Patient' },
    ]);
  });

  it.each([
    [
      'a depth bomb',
      () => {
        let extension: object = { url: 'x', valueString: 'y' };
        for (let depth = 0; depth < 5000; depth += 1) extension = { url: 'x', extension: [extension] };
        return patient({ extension: [extension] });
      },
      /deeper/,
    ],
    [
      '__proto__ as a name',
      () => JSON.parse('{"resourceType":"Patient","__proto__":{"x":1},"constructor":1}'),
      /not an element/,
    ],
    ['a prototype as its type', () => ({ resourceType: '__proto__' }), /no resource type/],
    [
      'bundles in bundles',
      () => {
        let bundle: object = { resourceType: 'Bundle', type: 'collection' };
        for (let depth = 0; depth < 3000; depth += 1)
          bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: bundle }] };
        return bundle;
      },
      /deeper/,
    ],
  ])('that is %s is refused without throwing', (_, make, detail) => {
    expect(
      validateResource(make())
        .map((fault) => fault.detail)
        .join(),
    ).toMatch(detail);
  });

  it.each<[string, () => unknown]>([
    [
      'a rule that compares everything with everything',
      () => {
        const codes = Array.from({ length: 20_000 }, (_, index) => ({ system: 's', code: `c${index}` }));
        const component = codes.map(({ code }) => ({ code: { coding: [{ system: 't', code }] } }));
        return observation({ code: { coding: codes }, valueString: 'x', component });
      },
    ],
    [
      'spaces that are no base64',
      () => patient({ photo: [{ contentType: 'x/y', data: `${' '.repeat(1_000_000)}!` }] }),
    ],
    ['a narrative of tags alone', () => patient({ text: xhtml('<b>'.repeat(300_000)) })],
  ])('that holds %s is judged before anybody tires of waiting', (_, make) => {
    expect(validateResource(make()).length).toBeLessThan(FAULTS_MAX);
  });

  it('is never a reason to throw, whatever JSON it is', () => {
    const names = fc.constantFrom(
      'name',
      'given',
      'extension',
      'contained',
      'reference',
      'id',
      '_id',
      'valueString',
      'url',
      'resource',
      'entry',
      'text',
      'div',
      'coding',
      'period',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.constantFrom(...resourceTypes()), fc.dictionary(names, tree), (resourceType, more) => {
        expect(validateResource({ resourceType, ...more }).length).toBeLessThanOrEqual(FAULTS_MAX);
      }),
    );
  });
});

describe('the rules', () => {
  it('of every resource type can be compiled, with all their FHIRPath', () => {
    for (const type of resourceTypes()) expect(typeRules(type)?.name).toBe(type);
  });
});
