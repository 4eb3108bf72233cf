import { expect, it } from 'vitest';
import { addressProblems } from './address-problems.ts';

it.each([
  ['/answers/Q1', '/answers/Q1 must be one of yes, no, unsure', 'Q1 in the address has to be yes, no or unsure'],
  ['/answers/a~1b', '/answers/a~1b must be one of yes, no, unsure', 'a/b in the address has to be yes, no or unsure'],
  ['/answers/foo', 'there is no question "foo"', 'There is no question "foo"'],
  [
    '/answers/Q5',
    'Q5 is not on the route that the other answers take',
    'Q5 is not on the route that the other answers take',
  ],
])('what the service says of %s is said of the address', (at, detail, text) => {
  expect(addressProblems([{ at, detail }])).toEqual([text]);
});

it('what has no place is said as it is', () => {
  expect(addressProblems([{ detail: 'the body is too large' }])).toEqual(['The body is too large']);
});
