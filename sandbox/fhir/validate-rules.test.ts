import { describe, expect, it } from 'vitest';
import { validateResource } from './validate.ts';

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

describe('a resource that breaks a rule', () => {
  it.each<[string, unknown, string, RegExp]>([
    [
      'reference of no form',
      patient({ managingOrganization: { reference: 'Organization' } }),
      'Patient.managingOrganization.reference',
      /Type\/id/,
    ],
    [
      'reference to no type',
      patient({ managingOrganization: { reference: 'Org/1' } }),
      'Patient.managingOrganization.reference',
      /no resource type/,
    ],
    [
      'reference to a wrong type',
      patient({ managingOrganization: { reference: 'Patient/1' } }),
      'Patient.managingOrganization.reference',
      /allowed here: Organization/,
    ],
    [
      'reference to nothing contained',
      patient({ managingOrganization: { reference: '#o' } }),
      'Patient.managingOrganization.reference',
      /not contained/,
    ],
    [
      'contained and unused',
      patient({ contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }] }),
      'Patient.contained[0]',
      /dom-3/,
    ],
    [
      'contained and broken',
      patient({
        contained: [{ resourceType: 'Organization', id: 'o', name: 1 }],
        managingOrganization: { reference: '#o' },
      }),
      'Patient.contained[0].name',
      /string/,
    ],
    [
      'contained under the id of another',
      patient({
        contained: ['x', 'y'].map((name) => ({ resourceType: 'Organization', id: 'o', name })),
        managingOrganization: { reference: '#o' },
      }),
      'Patient.contained[1].id',
      /another contained/,
    ],
    [
      'reference by URL to another type',
      patient({ managingOrganization: { reference: 'https://elsewhere.test/fhir/Patient/1/_history/2' } }),
      'Patient.managingOrganization.reference',
      /points to Patient; allowed here: Organization/,
    ],
    [
      'contained with a version',
      patient({
        contained: [{ resourceType: 'Organization', id: 'o', name: 'x', meta: { versionId: '1' } }],
        managingOrganization: { reference: '#o' },
      }),
      'Patient.contained[0].meta.versionId',
      /dom-4/,
    ],
    ['extension without url', patient({ extension: [{ valueString: 'x' }] }), 'Patient.extension[0].url', /required/],
    [
      'extension with both',
      patient({ extension: [{ url: 'a', valueString: 'x', extension: [ratio] }] }),
      'Patient.extension[0]',
      /ext-1/,
    ],
    ['extension with neither', patient({ extension: [{ url: 'a' }] }), 'Patient.extension[0]', /ext-1/],
    [
      'period that runs backwards',
      patient({ name: [{ text: 'x', period: { start: '2021', end: '2020' } }] }),
      'Patient.name[0].period',
      /per-1/,
    ],
    ['contact without details', patient({ contact: [{ gender: 'male' }] }), 'Patient.contact[0]', /pat-1/],
    ['telecom without system', patient({ telecom: [{ value: '1' }] }), 'Patient.telecom[0]', /cpt-2/],
    [
      'quantity with a code alone',
      observation({ valueQuantity: { value: 1, code: 'kg' } }),
      'Observation.value.ofType(Quantity)',
      /qty-3/,
    ],
    [
      'rule of the resource',
      observation({ valueString: 'x', dataAbsentReason: { text: 'y' } }),
      'Observation',
      /obs-6/,
    ],
    [
      'rule of an element',
      { resourceType: 'Organization', name: 'x', telecom: [{ system: 'phone', value: '1', use: 'home' }] },
      'Organization.telecom[0]',
      /org-3/,
    ],
    [
      'fault in an entry',
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient({ gender: 'x' }) }] },
      'Bundle.entry[0].resource.gender',
      /one of/,
    ],
    ['script in a narrative', patient({ text: xhtml('<script>x</script>') }), 'Patient.text.div', /<script>/],
    ['handler in a narrative', patient({ text: xhtml('<p onclick="x">y</p>') }), 'Patient.text.div', /onclick/],
    ['narrative left open', patient({ text: xhtml('<p>y') }), 'Patient.text.div', /well-formed/],
    ['narrative without content', patient({ text: xhtml(' ') }), 'Patient.text.div', /content/],
    ['not an object', [1], 'Resource', /JSON object/],
  ])('is refused with its place: %s', (_, resource, at, detail) => {
    const faults = validateResource(resource);
    expect(faults.map((fault) => fault.at)).toContain(at);
    expect(faults.find((fault) => fault.at === at)?.detail).toMatch(detail);
  });
});
