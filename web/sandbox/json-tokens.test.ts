import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonTokens, prettyJson } from './json-tokens.ts';

describe('JSON for reading', () => {
  it('is indented as JSON.stringify does it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
        const text = JSON.stringify(value);
        expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
      }),
    );
  });

  it('keeps numbers as they were written', () => {
    expect(prettyJson('{"value":1.10,"big":12345678901234567890}')).toBe(
      '{\n  "value": 1.10,\n  "big": 12345678901234567890\n}',
    );
  });

  it.each(['', 'text', '"text"', '{', '<a/>'])('leaves %j alone', (text) => {
    expect(prettyJson(text)).toBeUndefined();
  });

  it('is cut into tokens that join to the same text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value, null, 2);
        expect(
          jsonTokens(text)
            .map((token) => token.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('tells keys from values', () => {
    expect(
      jsonTokens('{"a": ["b", -1.5e3, true]}')
        .filter(({ kind }) => kind !== 'mark')
        .map(({ kind, text }) => `${kind} ${text}`),
    ).toEqual(['key "a"', 'string "b"', 'number -1.5e3', 'word true']);
  });
});
