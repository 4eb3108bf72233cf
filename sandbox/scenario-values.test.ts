import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences, fill, valueAt } from './scenario-values.ts';

const VALUES = { steps: { '1': { status: 200, headers: { etag: 'W/"2"' }, body: { id: 'a', list: [{ n: 1 }] } } } };

describe('filling in what earlier steps left', () => {
  it.each([
    ['a whole text becomes the value itself', '{{steps.1.body.list}}', [{ n: 1 }]],
    ['spaces do not matter', '{{ steps.1.status }}', 200],
    ['a part becomes text', 'Slot/{{steps.1.body.id}}?n={{steps.1.body.list.0.n}}', 'Slot/a?n=1'],
    ['it reaches into lists and mappings', { a: ['{{steps.1.headers.etag}}', 7, null] }, { a: ['W/"2"', 7, null] }],
  ])('%s', (_, template, filled) => {
    expect(fill(template, VALUES)).toEqual(filled);
  });

  it('says what is missing, and how to go on', () => {
    expect(() => fill('{{steps.2.body.id}}', VALUES)).toThrow(
      'The step needs steps.2.body.id, which an earlier step did not leave',
    );
  });

  it('reaches own members only', () => {
    for (const path of [
      'steps.constructor',
      'steps.1.body.list.length',
      '__proto__',
      'steps.1.body.id.length',
      'toString',
    ])
      expect(path === 'steps.1.body.list.length' ? valueAt(VALUES, path) : (valueAt(VALUES, path) ?? 'none')).toEqual(
        path === 'steps.1.body.list.length' ? 1 : 'none',
      );
  });

  it('leaves alone whatever has no holes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('{{') && !JSON.stringify(value).includes('__proto__'));
        expect(fill(value, VALUES)).toEqual(value);
      }),
    );
  });
});

describe('telling how a step differs from what was expected', () => {
  const actual = { status: 200, headers: { etag: 'W/"2"' }, body: { id: 'a' }, result: { won: 1 } };

  it.each([
    ['equal values', { status: 200, headers: { ETag: 'W/"2"' }, body: { id: 'a' }, result: { won: 1 } }, []],
    ['another status', { status: 404 }, ['the status is 200 and not 404']],
    ['another value', { body: { id: 'b' } }, ['id is "a" and not "b"']],
    ['a value that is missing', { body: { name: { present: true } } }, ['name is missing']],
    ['a value that should be', { body: { id: { absent: true } } }, ['id should not be there, but is "a"']],
    [
      'a value that should have changed',
      { headers: { etag: { not: 'W/"2"' } } },
      ['header etag is "W/\\"2\\"", which it should not be'],
    ],
    ['several things', { status: 201, result: { won: 2 } }, ['the status is 200 and not 201', 'won is 1 and not 2']],
  ])('%s', (_, expected, lines) => {
    expect(differences(expected, actual)).toEqual(lines);
  });

  it('says so when there was no reply at all', () => {
    expect(differences({ status: 200 }, { headers: {} })).toEqual(['there was no reply, and not 200']);
  });
});
