import { expect, it } from 'vitest';
import type { Ctx } from '../pattern.ts';
import { fhirBaseOf } from './base-of.ts';

const of = (base: string | undefined) =>
  fhirBaseOf({ baseOf: () => base, sandbox: { id: 's' } as Ctx['sandbox'] }, 'recipient');

it('is below the base of a simulated participant, and the URL of an external one itself', () => {
  expect(of('http://here/sandboxes/s/recipient')).toBe('http://here/sandboxes/s/recipient/FHIR/R4');
  expect(of('http://there/fhir')).toBe('http://there/fhir');
  expect(of('http://here/sandboxes/other/recipient/FHIR/R4')).toBe('http://here/sandboxes/other/recipient/FHIR/R4');
  expect(of(undefined)).toBeUndefined();
});
