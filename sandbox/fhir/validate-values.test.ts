import { describe, expect, it } from 'vitest';
import { validateResource } from './validate.ts';

const patient = (more: object): object => ({ resourceType: 'Patient', ...more });
const observation = (more: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'weight' },
  ...more,
});

describe('a resource with a wrong value', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['date that never was', patient({ birthDate: '2023-02-29' }), 'Patient.birthDate', /calendar/],
    ['date with a time', patient({ birthDate: '2023-02-01T00:00:00Z' }), 'Patient.birthDate', /a date/],
    [
      'dateTime without a zone',
      patient({ deceasedDateTime: '2023-02-01T10:00:00' }),
      'Patient.deceased.ofType(dateTime)',
      /zone/,
    ],
    [
      'dateTime without seconds',
      patient({ deceasedDateTime: '2023-02-01T10:00Z' }),
      'Patient.deceased.ofType(dateTime)',
      /dateTime/,
    ],
    ['instant that is a date', patient({ meta: { lastUpdated: '2023-02-01' } }), 'Patient.meta.lastUpdated', /instant/],
    ['bad id', patient({ id: 'a b' }), 'Patient.id', /id/],
    ['id too long', patient({ id: 'a'.repeat(65) }), 'Patient.id', /id/],
    ['code with two spaces', observation({ status: 'fi  nal' }), 'Observation.status', /code/],
    [
      'code not in its value set',
      patient({ gender: 'M' }),
      'Patient.gender',
      /must be one of female, male, other, unknown/,
    ],
    [
      'concept not in its value set',
      {
        resourceType: 'Condition',
        subject: { display: 'x' },
        clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'x' }] },
      },
      'Condition.clinicalStatus',
      /coding from/,
    ],
    [
      'positiveInt of zero',
      patient({ telecom: [{ system: 'phone', value: '1', rank: 0 }] }),
      'Patient.telecom[0].rank',
      /from 1/,
    ],
    [
      'integer with a fraction',
      patient({ multipleBirthInteger: 1.5 }),
      'Patient.multipleBirth.ofType(integer)',
      /whole/,
    ],
    [
      'decimal beyond a double',
      observation({ valueQuantity: { value: Number('1e999') } }),
      'Observation.value.ofType(Quantity).value',
      /beyond/,
    ],
    [
      'base64 that is none',
      patient({ photo: [{ contentType: 'image/png', data: 'abc' }] }),
      'Patient.photo[0].data',
      /base64/,
    ],
    ['uri with a space', patient({ identifier: [{ system: 'a b' }] }), 'Patient.identifier[0].system', /URI/],
    ['control character', patient({ name: [{ family: 'a\u0007' }] }), 'Patient.name[0].family', /control/],
    ['half a surrogate pair', patient({ name: [{ family: '\ud800' }] }), 'Patient.name[0].family', /surrogate/],
    ['string over 1 MB', patient({ name: [{ family: 'a'.repeat(1_048_577) }] }), 'Patient.name[0].family', /1 MB/],
  ])('is refused with its place: %s', (_, resource, at, detail) => {
    const faults = validateResource(resource);
    expect(faults.map((fault) => fault.at)).toContain(at);
    expect(faults.find((fault) => fault.at === at)?.detail).toMatch(detail);
  });
});

describe('a resource with an unusual value', () => {
  it('is let through: a code that ends with a no-break space, as HL7 publishes them', () => {
    const code = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0550', code: 'KIDN\u00a0' }] };
    expect(validateResource(observation({ code }))).toEqual([]);
  });
});
