import { describe, expect, it } from 'vitest';
import { OML_DETAILS, ORM_TIMED, ORU_DETAILS } from './details.test-data.ts';
import { isJson } from './element.ts';
import { ORU_R01 } from './messages.test-data.ts';
import { coded, read, told } from './read-resources.test-data.ts';

describe('what an order says besides', () => {
  it('TQ1 is when and how often', () => {
    const { of, dropped } = read(OML_DETAILS);
    const [request] = of('ServiceRequest');
    expect(request).toMatchObject({
      priority: 'stat',
      quantityQuantity: { value: 2, unit: 'mL' },
      occurrenceTiming: {
        code: { coding: [{ code: 'Q6H' }, { code: 'Q6H' }] },
        repeat: {
          boundsPeriod: { start: '2026-03-02T08:00:00+00:00', end: '2026-03-04T08:00:00+00:00' },
          ...{ period: 6, periodUnit: 'h', when: ['ACM'], offset: 30, duration: 30, durationUnit: 'min', count: 5 },
        },
      },
      note: [{ text: 'slowly' }],
    });
    expect(dropped).toContainEqual(told('it is at a time of day or at an event (tim-10)'));
  });

  it('TQ, before there was TQ1, says the same', () => {
    expect(read(ORM_TIMED).of('ServiceRequest')).toMatchObject([
      {
        priority: 'stat',
        quantityQuantity: { value: 1, unit: 'mL' },
        occurrenceTiming: {
          code: { coding: [{ code: 'Q8H' }, { code: 'Q8H' }] },
          repeat: {
            timeOfDay: ['08:00:00'],
            boundsPeriod: { start: '2026-03-02', end: '2026-03-07' },
            count: 3,
          },
        },
        note: [{ text: 'Gently' }],
      },
    ]);
    expect(read(ORU_DETAILS).of('ServiceRequest')).toMatchObject([
      { occurrenceTiming: { repeat: { boundsDuration: { value: 2, code: 'h' } } } },
    ]);
  });

  it('OBR says what SPM does not', () => {
    const specimen = {
      type: coded('BLD'),
      container: [{ additiveCodeableConcept: coded('HEPL') }],
      note: [{ text: 'Fasting' }, { text: 'Difficult' }],
      receivedTime: '2026-03-01T09:59:00+00:00',
      collection: {
        bodySite: coded('LA'),
        quantity: { value: 10, unit: 'mL' },
        collector: { identifier: [{ value: 'N1' }] },
      },
    };
    const { of } = read(ORU_DETAILS);
    const collectedPeriod = { start: '2026-03-01T08:55:00+00:00', end: '2026-03-01T09:00:00+00:00' };
    expect(of('Specimen')).toMatchObject([{ ...specimen, collection: { ...specimen.collection, collectedPeriod } }]);
    expect(of('DiagnosticReport')).toMatchObject([{ specimen: [{ type: coded('BLD') }] }]);
    expect(of('Observation').slice(0, 3)).toMatchObject([1, 2, 3].map(() => ({ specimen: { type: coded('BLD') } })));
    expect(read(OML_DETAILS).of('Specimen')).toMatchObject([specimen]);
    expect(read(ORU_R01).of('Specimen')).toHaveLength(1);
  });

  it('an answer to a question of the order is no result', () => {
    const { of } = read(ORU_DETAILS);
    expect(of('DiagnosticReport')).toMatchObject([{ result: [{}, {}, {}] }]);
    expect(of('ServiceRequest')).toMatchObject([{ supportingInfo: [{ code: coded('883-9') }] }]);
  });

  it('the numbers of an order are the report’s, be they in ORC or OBR, and each once', () => {
    const numbers = [
      { value: 'P1', type: coded('PLAC') },
      { value: 'F1', type: coded('FILL') },
    ];
    for (const text of [ORU_R01, ORU_DETAILS, ORU_R01.replace('ORC|RE|P1^PLACER|F1^FILLER', 'ORC|RE')])
      for (const type of ['DiagnosticReport', 'ServiceRequest']) {
        const [only] = read(text).of(type);
        expect(isJson(only) && only.identifier).toMatchObject(numbers);
        expect(isJson(only) && only.identifier).toHaveLength(2);
      }
  });
});
