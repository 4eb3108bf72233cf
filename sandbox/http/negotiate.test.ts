import { describe, expect, it } from 'vitest';
import { ProblemError } from '../problem.ts';
import { accepts, checkAccept, checkContentType, checkVersions } from './negotiate.ts';

const FHIR = 'application/fhir+json';

describe('Accept', () => {
  it.each([
    ['*/*', true],
    ['application/*', true],
    ['APPLICATION/FHIR+JSON', true],
    ['application/fhir+json; fhirVersion=4.0; q=0.9', true],
    ['text/html, application/fhir+json;q=0.1', true],
    ['text/html', false],
    ['application/fhir+json;q=0', false],
    ['application/fhir+json;q=0.000, */*', false],
    ['*/*;q=0', false],
    ['*/*;q=0, application/fhir+json', true],
    ['text/*', false],
    ['application/fhir', false],
    ['application/json+fhir', true],
    [',,', false],
  ])('%s lets FHIR JSON through: %s', (accept, outcome) => {
    expect(accepts(accept, FHIR)).toBe(outcome);
  });

  it('is not asked where it is absent or the contract names no types', () => {
    expect(() => checkAccept(undefined, [FHIR])).not.toThrow();
    expect(() => checkAccept('text/html', [])).not.toThrow();
    expect(() => checkAccept('text/html', [FHIR])).toThrow(ProblemError);
    expect(() => checkAccept('text/html', [FHIR, '*/*'])).not.toThrow();
  });
});

describe('Content-Type', () => {
  it.each([
    ['application/fhir+json', FHIR],
    ['application/json+fhir;charset=utf-8', FHIR],
    ['Application/FHIR+JSON ; Charset="UTF-8"', FHIR],
  ])('%s is taken as %s', (header, type) => {
    expect(checkContentType(header, [FHIR])).toBe(type);
  });

  it.each([
    [undefined, 'The body needs a Content-Type: application/fhir+json'],
    ['text/plain', 'The body is "text/plain"; this operation takes application/fhir+json'],
    ['', 'The body is ""'],
    ['application/fhir+json;charset=iso-8859-1', 'Text is UTF-8 here, not "iso-8859-1"'],
    ['application/fhir+json;charset=utf-16', 'Text is UTF-8 here, not "utf-16"'],
  ])('%s is refused', (header, why) => {
    expect(() => checkContentType(header, [FHIR])).toThrow(why);
  });

  it('that is no patch is refused with the formats of patches', () => {
    expect(() => checkContentType(FHIR, ['application/json-patch+json'])).toThrow(
      expect.objectContaining({ headers: expect.objectContaining({ 'accept-patch': 'application/json-patch+json' }) }),
    );
  });

  it('is anything where the contract says so', () => {
    expect(checkContentType('image/png', ['*/*'])).toBe('image/png');
  });
});

describe('a version in Accept', () => {
  it.each([
    [undefined, true],
    ['application/fhir+json', true],
    ['application/fhir+json;version=1', true],
    ['application/fhir+json; version="1"; q=0.9', true],
    ['application/fhir+json;version=2, application/fhir+json;version=1;q=0.5', true],
    ['application/fhir+json;version=2', false],
    ['application/fhir+json; fhirVersion=4.0; version=11', false],
    ['application/fhir+json; fhirVersion=4.0', true],
  ])('%s', (accept, served) => {
    const check = () => checkVersions({ accept }, { versions: ['1'] });
    if (served) expect(check).not.toThrow();
    else expect(check).toThrow('is not served, only 1');
  });
});
