import { describe, expect, it } from 'vitest';
import type { Json } from '../to-fhir/element.ts';
import { isSame, madeUpId } from './identity.ts';

const NHS = { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' };
const of = (trust: string) => ({ value: '1', assigner: { identifier: { value: trust } } });
const BARE = { value: '1' };
const report = (code: string | undefined, ...identifier: readonly Json[]): Json => ({
  resourceType: 'DiagnosticReport',
  identifier,
  ...(code === undefined ? {} : { code: { coding: [{ code }] } }),
});
const visit = (person: string, identifier: Json): Json => ({
  resourceType: 'Encounter',
  identifier: [identifier],
  subject: { reference: `Patient/${person}` },
});

describe('two of one number', () => {
  it.each<[string, Json, Json, boolean]>([
    ['of one authority', visit('a', of('R1')), visit('b', of('R1')), true],
    ['of two authorities', visit('a', of('R1')), visit('a', of('R2')), false],
    ['of nobody, about one person', visit('a', BARE), visit('a', BARE), true],
    ['of nobody, about two', visit('a', BARE), visit('b', BARE), false],
    ['of one sample, tested alike', report('FBC', of('R1')), report('FBC', of('R1')), true],
    ['of one sample, tested for something else', report('FBC', of('R1')), report('UE', of('R1')), false],
    ['of one sample, where one says no test', report('FBC', of('R1')), report(undefined, of('R1')), true],
    ['among others', report('FBC', NHS, of('R1')), report('FBC', of('R2'), of('R1')), true],
    ['of other types', { resourceType: 'Patient', identifier: [NHS] }, report(undefined, NHS), false],
  ])('%s', (_, one, other, expected) => {
    expect([isSame(one, other), isSame(other, one)]).toEqual([expected, expected]);
  });
});

describe('the id of what has no number', () => {
  const line = (valueString: string): Json => ({ resourceType: 'Observation', code: { text: 'T' }, valueString });

  it('is the same when it is corrected, and another for the next under its code', () => {
    expect(madeUpId(line('A'), 'M1', 0)).toBe(madeUpId(line('B'), 'M2', 0));
    expect(madeUpId(line('A'), 'M1', 0)).not.toBe(madeUpId(line('A'), 'M1', 1));
  });

  it('is of the message alone where nothing tells it', () => {
    const document = { resourceType: 'DocumentReference', status: 'current' };
    expect(madeUpId(document, 'M1', 0)).not.toBe(madeUpId(document, 'M2', 0));
  });
});
