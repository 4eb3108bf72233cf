import { describe, expect, it } from 'vitest';
import { parseRequests } from './request-shape.ts';

describe('the requests of a pattern', () => {
  it('are read as they stand', () => {
    const yaml = '- { title: Read, at: [provider], path: "/Patient/{patient}" }';
    expect(parseRequests(yaml, 'requests.yaml')).toEqual([
      { title: 'Read', at: ['provider'], path: '/Patient/{patient}' },
    ]);
  });

  it.each([
    ['no list', 'title: Read', 'requests: must be a list, is a object'],
    ['a member that nobody knows', '- { title: a, at: [b], path: /c, query: d }', 'requests[0].query: is not known'],
    [
      'a path that is none',
      '- { title: a, at: [b], path: c }',
      'requests[0].path: must be a path that begins with a slash',
    ],
    ['a base that ends in a slash', '- { title: a, at: [b], path: /c, base: /d/ }', 'requests[0].base: must be a path'],
    ['another method', '- { title: a, at: [b], path: /c, method: TRACE }', 'requests[0].method: must be one of POST'],
    [
      'two bodies',
      '- { title: a, at: [b], path: /c, form: { d: e }, json: {} }',
      'requests[0]: has both form and json',
    ],
    [
      'half a version',
      '- { title: a, at: [b], path: /c, version: { path: /d } }',
      'requests[0].version.from: must be a',
    ],
    ['what is no YAML', '- {', 'requests.yaml: '],
  ])('with %s are refused with the place', (_what, yaml, fault) => {
    expect(() => parseRequests(yaml, 'requests.yaml')).toThrow(fault);
  });
});
