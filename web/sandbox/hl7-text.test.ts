import { describe, expect, it } from 'vitest';
import { hl7Lines, isHl7, latin1Of } from './hl7-text.ts';

describe('an HL7 v2 message in the inspector', () => {
  it('is a segment a line, with the ends that it has on the wire', () => {
    expect(hl7Lines('MSH|^~\\&|A\rPID|1\r\nZU1\nend')).toEqual([
      { text: 'MSH|^~\\&|A', end: '␍' },
      { text: 'PID|1', end: '␍␊' },
      { text: 'ZU1', end: '␊' },
      { text: 'end', end: '' },
    ]);
    expect(hl7Lines('MSH|^~\\&|A\r')).toEqual([{ text: 'MSH|^~\\&|A', end: '␍' }]);
  });

  it.each([
    ['MSH|^~\\&|A', true],
    ['MSH!$%?#!A', true],
    ['FHS|^~\\&|', true],
    ['{"MSH": 1}', false],
    ['MSHA', false],
    ['', false],
  ])('%j is told from other bodies: %s', (body, expected) => {
    expect(isHl7(body)).toBe(expected);
  });

  it('is read as 8859/1 where it is not UTF-8', () => {
    expect(latin1Of(Buffer.from('ZO\xcb', 'latin1').toString('base64'))).toBe('ZOË');
  });
});
