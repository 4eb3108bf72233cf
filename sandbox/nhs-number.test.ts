import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNhsNumbers, hasValidCheckDigit, isTestNumber, NHS_NUMBER_SYSTEM } from './nhs-number.ts';

const identifier = (value: string) => ({ system: NHS_NUMBER_SYSTEM, value });

describe('NHS numbers', () => {
  it.each([
    ['9000000009', true],
    ['9000000025', true],
    ['9000000033', true],
    ['9111231130', true],
    ['3333333333', true],
    ['5182663366', true],
    ['4505577104', true],
    ['9999999999', true],
    ['9000000000', false],
    ['9000000008', false],
    ['900000000', false],
    ['90000000090', false],
    ['900 000 0009', false],
    ['٩٠٠٠٠٠٠٠٠٩', false],
    ['', false],
  ])('tells by the check digit whether %s is one: %s', (value, valid) => {
    expect(hasValidCheckDigit(value)).toBe(valid);
  });

  it('never lets one wrong digit pass', () => {
    const digits = fc.integer({ min: 0, max: 999_999_999 }).map((nine) => String(nine).padStart(9, '0'));
    const property = fc.property(digits, fc.nat(8), fc.integer({ min: 1, max: 9 }), (nine, place, by) => {
      const last = [...'0123456789'].find((digit) => hasValidCheckDigit(nine + digit));
      if (last === undefined) return;
      const wrong = String((Number(nine[place]) + by) % 10);
      expect(hasValidCheckDigit(nine.slice(0, place) + wrong + nine.slice(place + 1) + last)).toBe(false);
    });
    fc.assert(property);
  });

  it('takes what begins with 9 and the listed examples for test numbers, and no other', () => {
    expect(['9000000009', '3333333333', '5182663366', '4505577104'].filter(isTestNumber)).toHaveLength(4);
    expect(isTestNumber('4010232137')).toBe(false);
  });

  it('finds them wherever an identifier stands, and names the place', () => {
    const resource = {
      resourceType: 'Observation',
      subject: { identifier: identifier('9000000000') },
      contained: [{ resourceType: 'Patient', identifier: [identifier('9000000009'), identifier('4010232137')] }],
    };
    const found = findNhsNumbers(resource, false, 'Observation');
    expect(found.map(({ kind, fault }) => [kind, fault.at])).toEqual([
      ['invalid', 'Observation.subject.identifier.value'],
      ['real', 'Observation.contained[0].identifier[1].value'],
    ]);
  });

  it('says how real numbers are let through, without repeating the number', () => {
    const [finding] = findNhsNumbers({ identifier: [identifier('4010232137')] }, false);
    expect(finding?.fault.detail).toContain('ALLOW_REAL_NHS_NUMBERS=true');
    expect(finding?.fault.detail).not.toContain('4010232137');
    expect(findNhsNumbers({ identifier: [identifier('4010232137')] }, true)).toEqual([]);
  });

  it('leaves the same digits in another system alone', () => {
    expect(findNhsNumbers({ identifier: [{ system: 'urn:x', value: '9000000000' }] }, false)).toEqual([]);
  });
});
