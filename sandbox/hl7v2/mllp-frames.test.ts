import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, frameOf } from './mllp-frames.ts';

const bytes = (text: string) =>
  Buffer.from(text.replaceAll('<VT>', '\x0b').replaceAll('<FS>', '\x1c').replaceAll('<CR>', '\r'), 'latin1');
const decode = (pieces: readonly Buffer[], max = 100) => {
  const decoder = new FrameDecoder(max);
  const frames = pieces.flatMap((piece) => decoder.push(Buffer.from(piece)));
  const rest = decoder.end();
  return [...frames, ...(rest === undefined ? [] : [rest])].map(({ content, flaw }) => [
    content.toString('latin1'),
    flaw ?? 'whole',
  ]);
};

describe('frames', () => {
  it.each([
    ['<VT>one<FS><CR>', [['one', 'whole']]],
    ['<VT><FS><CR>', [['', 'whole']]],
    [
      '<VT>one<FS><CR><VT>two<FS><CR>',
      [
        ['one', 'whole'],
        ['two', 'whole'],
      ],
    ],
    ['<CR>\n <VT>one<FS><CR>\n', [['one', 'whole']]],
    [
      'noise<VT>one<FS><CR>',
      [
        ['noise', 'garbage'],
        ['one', 'whole'],
      ],
    ],
    [
      '<VT>one<FS><VT>two<FS><CR>',
      [
        ['one', 'no-cr'],
        ['two', 'whole'],
      ],
    ],
    [
      '<VT>one<FS>more<FS><CR><VT>two<FS><CR>',
      [
        ['one', 'no-cr'],
        ['two', 'whole'],
      ],
    ],
    ['<VT>one<FS>', [['one', 'no-cr']]],
    [
      '<VT>one<VT>two<FS><CR>',
      [
        ['one', 'restarted'],
        ['two', 'whole'],
      ],
    ],
    ['<VT>one', [['one', 'unfinished']]],
    ['<VT>one<CR>', [['one\r', 'unfinished']]],
    ['noise', [['noise', 'garbage']]],
    [`<VT>${'x'.repeat(101)}<FS><CR><VT>two<FS><CR>`, [['x'.repeat(101), 'too-long']]],
    [
      `<VT>${'x'.repeat(100)}<FS><CR><VT>two<FS><CR>`,
      [
        ['x'.repeat(100), 'whole'],
        ['two', 'whole'],
      ],
    ],
  ])('%j, in one piece and byte by byte', (text, expected) => {
    const whole = bytes(text);
    expect(decode([whole])).toEqual(expected);
    expect(decode([...whole].map((byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it('are the same however what arrives is cut', () => {
    const part = fc.constantFrom('<VT>', '<FS>', '<CR>', 'MSH|', 'x', '<FS><CR>', '<VT>a<FS><CR>');
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(), { maxLength: 20 }), (parts, cuts) => {
        const whole = bytes(parts.join(''));
        const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b);
        const pieces = places.slice(1).map((to, index) => whole.subarray(places[index], to));
        expect(decode(pieces)).toEqual(decode([whole]));
      }),
    );
  });

  it('give back what was framed', () => {
    expect(decode([frameOf(Buffer.from('MSH|'))])).toEqual([['MSH|', 'whole']]);
  });

  it('end where there is more than a little that is in no frame', () => {
    const decoder = new FrameDecoder(100);
    expect(decoder.push(Buffer.alloc(4000, 'x'))).toEqual([]);
    expect(decoder.push(Buffer.alloc(4000, 'x')).map(({ flaw }) => flaw)).toEqual(['garbage']);
    expect([decoder.broken, decoder.push(frameOf(Buffer.from('x')))]).toEqual([true, []]);
  });
});
