import { describe, expect, it } from 'vitest';
import { placeOf } from './routes.ts';

describe('the places of the product', () => {
  it.each([
    ['/', 'home', {}],
    ['/guide', 'question', {}],
    ['/guide/', 'question', {}],
    ['/guide/check', 'check', {}],
    ['/guide/outcome', 'outcome', {}],
    ['/decisions', 'decisions', {}],
    ['/decisions/abc', 'decision', { id: 'abc' }],
    ['/patterns/shared-repository', 'pattern', { id: 'shared-repository' }],
    ['/sandboxes/a%20b', 'sandbox', { id: 'a b' }],
    ['/sandboxes/%E0%A4%A', 'sandbox', { id: '%E0%A4%A' }],
    ['/sandboxes/a/provider', 'not-found', {}],
    ['/docs', 'not-found', {}],
  ])('%s is %s', (path, page, params) => {
    expect(placeOf(new URL(path, 'http://h'))).toMatchObject({ page, params });
  });

  it('keep the query string and drop the fragment', () => {
    expect(placeOf(new URL('/guide?Q1=yes#key=secret', 'http://h')).href).toBe('/guide?Q1=yes');
  });
});
