import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../problem.ts';
import { MAX_DEPTH, parseJson, withOrdinaryNumbers } from './json.ts';

const faultIn = (body: string | Uint8Array): string => {
  try {
    parseJson(body);
  } catch (error) {
    if (error instanceof ProblemError) return error.faults.map(({ detail }) => detail).join();
    throw error;
  }
  return 'none';
};

describe('parseJson', () => {
  it.each([
    ['', 'The body is empty'],
    ['   ', 'The body is empty'],
    ['{"a":1,"a":2}', 'The property "a" is named twice in one object at line 1, column 8'],
    ['{"a":{"b":[1,{"c":1,"c":1}]}}', 'in /a/b/1'],
    ['{"a/b":{"c":1,"c":1}}', 'in /a~1b'],
    ['{"a":":b","c":1,"c":2}', 'The property "c" is named twice'],
    ['{"a" :1,"a":2}', 'The property "a" is named twice'],
    ['{"a":"\\":","a":2}', 'The property "a" is named twice'],
    [`{"a":${'['.repeat(MAX_DEPTH)}1${']'.repeat(MAX_DEPTH)}}`, `nested more than ${MAX_DEPTH} levels deep`],
    [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, `nested more than ${MAX_DEPTH} levels deep`],
    ['{"a":[1,2,}', 'Expected a JSON value but found "}" at line 1, column 11'],
    ['{\n  "a": tru\n}', 'Expected a JSON value but found "t" at line 2, column 8 (character 9), in /a'],
    ['{"a" 1}', 'Expected ":" after a property name but found "1"'],
    ['{a:1}', 'Expected a property name in double quotes but found "a"'],
    ['{"a":1', 'Expected "," or "}" but found the end of the text'],
    ['{"a":"b\nc"}', 'control character that is not escaped'],
    ['{"a":"b', 'A string is not closed'],
    ['{"a":"\\x"}', 'an escape that is not valid JSON'],
    ['{"a":1} x', 'Expected nothing more but found "x"'],
    ['{"a":01}', 'Expected "," or "}" but found "1"'],
    ['{"a":"x\\u0000"}', 'The character NUL (\\u0000) is not allowed in text at line 1, column 8'],
    ['['.repeat(MAX_DEPTH + 1) + ']'.repeat(MAX_DEPTH + 1), `nested more than ${MAX_DEPTH} levels deep`],
    ['['.repeat(100_000), `nested more than ${MAX_DEPTH} levels deep`],
  ])('says what is wrong with %j, and where', (body, message) => {
    expect(faultIn(body)).toContain(message);
  });

  it.each([
    '{"a":":b",":":"c:d"}',
    '{"a":"b : c","d":": e","f":" :"}',
    `{"a":${'['.repeat(MAX_DEPTH - 1)}1${']'.repeat(MAX_DEPTH - 1)}}`,
  ])('takes %s, whose colons are not all of properties', (text) => {
    expect(JSON.stringify(parseJson(text))).toBe(text);
  });

  it.each([['{"a":"\\\\u0000"}'], ['{"\\\\u0000":"x\\\\\\\\u0000"}']])(
    'takes %j, where a backslash stands before u0000',
    (text) => {
      expect(JSON.stringify(parseJson(text))).toBe(text);
    },
  );

  it('says which byte is no UTF-8', () => {
    expect(faultIn(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toContain('the bytes from 2 on');
  });

  it('takes whatever JSON.stringify writes', () => {
    // A NUL in text is the one thing that JSON has and no store of ours can keep.
    const noNul = fc.jsonValue({ maxDepth: 6 }).filter((value) => !JSON.stringify(value).includes('\\u0000'));
    fc.assert(
      fc.property(noNul, (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parseJson(text))).toBe(text);
      }),
    );
  });

  it('never throws anything but a problem', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof faultIn(text) === 'string'));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof faultIn(bytes) === 'string'));
  });

  it('keeps the digits of decimals as they were written', () => {
    const text = '{"a":[1.10,-0.500,2e3,12345678901234567890.5,1,0.25],"b":"1.10"}';
    expect(JSON.stringify(parseJson(text))).toBe(text);
    expect(withOrdinaryNumbers(parseJson(text))).toEqual({
      a: [1.1, -0.5, 2000, 12345678901234567000, 1, 0.25],
      b: '1.10',
    });
  });

  it('takes a property called __proto__ for a property', () => {
    expect(Object.keys(parseJson('{"__proto__":{"x":1}}') as object)).toEqual(['__proto__']);
  });
});
