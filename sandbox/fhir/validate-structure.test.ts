import { describe, expect, it } from 'vitest';
import { validateResource } from './validate.ts';

const patient = (more: object): object => ({ resourceType: 'Patient', ...more });
const observation = (more: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'weight' },
  ...more,
});

describe('a resource of the wrong shape', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['unknown element', patient({ nickname: 'x' }), 'Patient.nickname', /"nickname" is not an element of Patient/],
    ['unknown nested element', patient({ name: [{ first: 'x' }] }), 'Patient.name[0].first', /not an element/],
    ['unknown type', { resourceType: 'Pateint' }, 'Resource', /"Pateint" is no resource type/],
    ['no type', {}, 'Resource', /resourceType/],
    ['string for a list', patient({ name: 'x' }), 'Patient.name', /array/],
    ['object for a list', patient({ name: { family: 'x' } }), 'Patient.name', /array/],
    ['list for one', patient({ gender: ['male'] }), 'Patient.gender', /JSON string/],
    [
      'string for an object',
      patient({ maritalStatus: 'M' }),
      'Patient.maritalStatus',
      /JSON object \(CodeableConcept\)/,
    ],
    ['number for a string', patient({ name: [{ family: 1 }] }), 'Patient.name[0].family', /JSON string, not a number/],
    ['string for a boolean', patient({ active: 'true' }), 'Patient.active', /true or false/],
    ['empty list', patient({ name: [] }), 'Patient.name', /empty array/],
    ['empty object', patient({ name: [{}] }), 'Patient.name[0]', /empty/],
    ['only an id', patient({ name: [{ id: 'x' }] }), 'Patient.name[0]', /empty/],
    ['empty string', patient({ name: [{ given: ['a', ''] }] }), 'Patient.name[0].given[1]', /empty/],
    ['null', patient({ birthDate: null }), 'Patient.birthDate', /null/],
    ['null in a list', patient({ name: [{ given: ['a', null] }] }), 'Patient.name[0].given[1]', /null/],
    ['null in a list of objects', patient({ name: [null] }), 'Patient.name[0]', /null/],
    ['sibling of an object', patient({ _name: [{ id: 'x' }] }), 'Patient._name', /not an element/],
    ['sibling that says nothing', patient({ _birthDate: { id: 'x' } }), 'Patient.birthDate', /empty/],
    ['sibling of another shape', patient({ birthDate: '1980', _birthDate: 'x' }), 'Patient.birthDate', /object/],
    ['two choices', patient({ deceasedBoolean: true, deceasedDateTime: '2020' }), 'Patient.deceased', /both/],
    ['type not among the choices', patient({ deceasedString: 'x' }), 'Patient.deceasedString', /not an element/],
    [
      'fault inside a choice',
      observation({ valueQuantity: { value: 'x' } }),
      'Observation.value.ofType(Quantity).value',
      /number/,
    ],
    ['missing element', { resourceType: 'Observation', status: 'final' }, 'Observation.code', /required/],
    [
      'missing choice',
      { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { display: 'x' } },
      'MedicationRequest.medication',
      /required/,
    ],
  ])('is refused with its place: %s', (_, resource, at, detail) => {
    const faults = validateResource(resource);
    expect(faults.map((fault) => fault.at)).toContain(at);
    expect(faults.find((fault) => fault.at === at)?.detail).toMatch(detail);
  });
});
