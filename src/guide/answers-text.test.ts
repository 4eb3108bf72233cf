import { describe, expect, it } from 'vitest';
import { parseAnswers } from './answers-text.ts';

describe('answers as text', () => {
  it.each([
    ['', {}],
    ['Q1=yes', { Q1: 'yes' }],
    ['Q1=yes, Q2 = no,,Q3=unsure,', { Q1: 'yes', Q2: 'no', Q3: 'unsure' }],
    ['Q1=perhaps', { Q1: 'perhaps' }],
  ])('%j reads as answers', (text, answers) => {
    expect(parseAnswers(text)).toEqual(answers);
  });

  it.each([
    ['Q1', /"Q1" is not of the form Q1=yes/],
    ['Q1=yes=no', /is not of the form/],
    ['=yes', /is not of the form/],
    ['Q1=yes,Q1=no', /Q1 is answered twice/],
  ])('%j is refused', (text, message) => {
    expect(() => parseAnswers(text)).toThrow(message);
  });

  it('takes no name that objects inherit for an object’s own', () => {
    expect(Object.hasOwn(parseAnswers('__proto__=yes'), '__proto__')).toBe(true);
  });
});
