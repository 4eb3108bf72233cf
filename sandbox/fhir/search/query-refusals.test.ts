import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../problem.ts';
import { resourceTypes } from '../definitions/types.ts';
import { searchParameters } from './parameters.ts';
import { parseSearch } from './query.ts';

describe('a search', () => {
  it.each([
    ['nme=x', /no search parameter nme/],
    ['near=1|2', /no search parameter near/],
    ['_text=x', /_text is a search parameter of the standard that is not served here/],
  ])('with the unknown %s is refused when handling is strict', (query, detail) => {
    expect(() => parseSearch('Patient', new URLSearchParams(query), { handling: 'strict' })).toThrow(detail);
    expect(parseSearch('Patient', new URLSearchParams(query), { handling: 'lenient' }).ignored).toHaveLength(1);
  });

  it.each([
    ['birthdate=yesterday', 'birthdate', /must be a date/],
    ['birthdate=2026-13', 'birthdate', /must be a date/],
    ['name=', 'name', /no value/],
    ['name=%2C', 'name', /no value/],
    ['gender:text=x', 'gender:text', /does not take the modifier :text/],
    ['name:sounds=x', 'name:sounds', /takes :missing, :exact, :contains/],
    ['gender:missing=perhaps', 'gender:missing', /true or false/],
    ['identifier=a|b|c', 'identifier', /system\|code/],
    ['general-practitioner=Patent/1', 'general-practitioner', /no resource type/],
    ['name.family=x', 'name.family', /no reference/],
    ['general-practitioner:Organization.family=x', 'general-practitioner:Organization.family', /no search parameter/],
    ['_has:Observation:code=x', '_has:Observation:code', /must be _has/],
    ['_has:Observation:code:status=x', '_has:Observation:code:status', /no reference parameter/],
    ['_sort=colour', '_sort', /no search parameter/],
    ['_count=-1', '_count', /whole number/],
    ['_include=Patient', '_include', /Type:parameter/],
    ['_include=Patient:name', '_include', /no reference parameter/],
    ['_include:recurse=Patient:link', '_include:recurse', /not served/],
    ['_summary=some', '_summary', /one of/],
    ['_cursor=abc', '_cursor', /none that this search gave out/],
    ['name=a%00', '?', /NUL/],
  ])('with %s is refused, naming %s', (query, at, detail) => {
    const run = (): unknown => parseSearch('Patient', new URLSearchParams(query));
    expect(run).toThrow(ProblemError);
    expect(run).toThrow(detail);
    try {
      run();
    } catch (error) {
      expect(error).toMatchObject({ faults: [{ at }] });
    }
  });

  it('by a composite says of what it is made', () => {
    const query = new URLSearchParams('code-value-quantity=29463-7');
    expect(() => parseSearch('Observation', query)).toThrow(/takes 2 values joined by \$: code\$value-quantity/);
  });

  it('of any type by any text throws nothing but a problem', () => {
    const codes = fc.constantFrom(...resourceTypes()).chain((type) =>
      fc.record({
        type: fc.constant(type),
        code: fc.constantFrom(...searchParameters(type).keys(), '_has', '_sort', '_include', '_cursor'),
      }),
    );
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ':',
        '.',
        '|',
        ',',
        '\\',
        '$',
        'ge',
        ':missing',
        ':Patient',
        '2026',
        '1e999',
        '%',
        '\0',
        '__proto__',
      ),
    );
    fc.assert(
      fc.property(
        codes,
        fc.array(part, { maxLength: 4 }),
        fc.array(part, { maxLength: 5 }),
        ({ type, code }, name, value) => {
          try {
            parseSearch(type, new URLSearchParams([[code + name.join(''), value.join('')]]), { handling: 'strict' });
          } catch (error) {
            expect(error).toBeInstanceOf(ProblemError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  const values = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`).join(',');
  it.each([
    ['Observation', Array(20).fill(`code=${values('c', 50)}`)],
    ['Observation', [`code=${values('c', 100)}`, `status=${values('s', 100)}`]],
    ['Observation', Array(5).fill(`subject:Patient.name=${values('n', 100)}`)],
    ['Observation', Array(6).fill(`_has:Provenance:target:signature-type=${values('c', 90)}`)],
    ['Observation', Array(3).fill(`code-value-quantity=${Array(80).fill('a$gt1').join(',')}`)],
  ])('of %s that names too many values together is refused before anything is read', (type, parameters) => {
    const query = new URLSearchParams(parameters.join('&'));
    expect(() => parseSearch(type, query)).toThrow(/too many values together/);
  });

  it('may name a hundred values of one parameter beside a few others', () => {
    const query = new URLSearchParams(`identifier=${values('i', 100)}&gender=male&active=true&birthdate=gt2000`);
    expect(parseSearch('Patient', query).conditions).toHaveLength(4);
  });

  it('may include all that a type without references refers to, which is nothing', () => {
    expect(parseSearch('ValueSet', new URLSearchParams('_include=ValueSet:*')).includes).toMatchObject([
      { params: [] },
    ]);
  });
});
