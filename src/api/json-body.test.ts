import { describe, expect, it } from 'vitest';
import { parseJson } from './json-body.ts';

const parse = (text: string) => parseJson(Buffer.from(text));

describe('a JSON body', () => {
  it('is parsed', () => {
    expect(parse('{"a":[1,"\\u00e9"]}')).toEqual({ a: [1, 'é'] });
  });

  it.each([
    ['what is not JSON', Buffer.from('{'), undefined],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), undefined],
    ['NUL in text', Buffer.from('{"a":["x\\u0000"]}'), '/a/0'],
    ['half a surrogate pair', Buffer.from('{"a/b":"\\ud800"}'), '/a~1b'],
    ['NUL in a name', Buffer.from('{"a":{"\\u0000":1}}'), '/a'],
    ['a name that is the prototype', Buffer.from('{"__proto__":{}}'), '/'],
    ['nesting without end', Buffer.from(`${'['.repeat(100)}${']'.repeat(100)}`), undefined],
  ])('is refused for %s', (_what, bytes, at) => {
    let thrown: unknown;
    try {
      parseJson(bytes);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ problem: { status: 400, condition: 'malformed-body' } });
    if (at !== undefined) expect(thrown).toMatchObject({ faults: [{ at }] });
  });
});
