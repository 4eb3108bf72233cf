import { describe, expect, it } from 'vitest';
import { fieldsOf, readForm } from './schema-form.ts';

const schema = {
  type: 'object',
  required: ['nhsNumber'],
  properties: {
    nhsNumber: { type: 'string', title: 'NHS number', pattern: '^[0-9]{10}$', default: '9000000009' },
    birthDate: { type: 'string', format: 'date' },
    gender: { enum: ['male', 'female'] },
    count: { type: 'integer', minimum: 1, maximum: 50 },
    weight: { type: 'number' },
    withHistory: { type: 'boolean' },
    patch: { type: 'array', default: [{ op: 'replace' }] },
  },
};
const read = (entered: Record<string, string>) => readForm(fieldsOf(schema), (name) => entered[name]);

describe('a form from a JSON Schema', () => {
  it('has one field of the right kind for each property', () => {
    expect(
      fieldsOf(schema).map(({ name, label, kind, inputType, initial, required }) => [
        name,
        label,
        kind,
        inputType,
        initial,
        required,
      ]),
    ).toEqual([
      ['nhsNumber', 'NHS number', 'text', 'text', '9000000009', true],
      ['birthDate', 'Birth date', 'text', 'date', '', false],
      ['gender', 'Gender', 'choice', 'text', '', false],
      ['count', 'Count', 'integer', 'number', '', false],
      ['weight', 'Weight', 'number', 'number', '', false],
      ['withHistory', 'With history', 'boolean', 'text', '', false],
      ['patch', 'Patch', 'json', 'text', '[\n  {\n    "op": "replace"\n  }\n]', false],
    ]);
  });

  it('makes no field of a schema without properties', () => {
    expect(fieldsOf({ type: 'object' })).toEqual([]);
  });

  it('reads what was entered, and leaves out what was not', () => {
    expect(read({ nhsNumber: ' 9000000009 ', count: '5', weight: '1.5', withHistory: 'true', patch: '[1]' })).toEqual({
      input: { nhsNumber: '9000000009', count: 5, weight: 1.5, withHistory: true, patch: [1] },
    });
  });

  it.each([
    [{}, 'nhsNumber', 'Enter NHS number'],
    [{ nhsNumber: '123' }, 'nhsNumber', 'NHS number does not have the form that is asked for'],
    [{ nhsNumber: '9000000009', count: 'x' }, 'count', 'Count must be a number'],
    [{ nhsNumber: '9000000009', count: '1.5' }, 'count', 'Count must be a whole number'],
    [{ nhsNumber: '9000000009', count: '0' }, 'count', 'Count must be 1 or more'],
    [{ nhsNumber: '9000000009', count: '51' }, 'count', 'Count must be 50 or less'],
    [{ nhsNumber: '9000000009', patch: '[' }, 'patch', 'Patch must be JSON'],
  ])('says of %j what is wrong with %s', (entered, field, message) => {
    expect(read(entered).errors?.get(field)).toBe(message);
  });
});
