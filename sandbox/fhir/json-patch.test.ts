import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../problem.ts';
import { parseJson } from './json.ts';
import { applyPatch, readPatch } from './json-patch.ts';

const patched = (document: unknown, patch: unknown): unknown => applyPatch(document, readPatch(patch));

const refusal = (document: unknown, patch: unknown): { status: number; at: string | undefined; detail: string } => {
  try {
    patched(document, patch);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [fault] = error.faults;
    return { status: error.problem.status, at: fault?.at, detail: fault?.detail ?? '' };
  }
  throw new Error('It was not refused');
};

const document = { name: [{ family: 'A', given: ['B', 'C'] }], 'a/b': 1, 'c~d': 2, flag: true };

describe('JSON Patch', () => {
  it.each([
    ['add a member', [{ op: 'add', path: '/x', value: 1 }], { ...document, x: 1 }],
    ['replace by add', [{ op: 'add', path: '/flag', value: 0 }], { ...document, flag: 0 }],
    [
      'append',
      [{ op: 'add', path: '/name/-', value: { family: 'Z' } }],
      { ...document, name: [...document.name, { family: 'Z' }] },
    ],
    [
      'insert',
      [{ op: 'add', path: '/name/0/given/1', value: 'X' }],
      { ...document, name: [{ family: 'A', given: ['B', 'X', 'C'] }] },
    ],
    ['escaped /', [{ op: 'replace', path: '/a~1b', value: 9 }], { ...document, 'a/b': 9 }],
    ['escaped ~', [{ op: 'replace', path: '/c~0d', value: 9 }], { ...document, 'c~d': 9 }],
    ['remove', [{ op: 'remove', path: '/name/0/given/0' }], { ...document, name: [{ family: 'A', given: ['C'] }] }],
    [
      'move',
      [{ op: 'move', from: '/name/0/family', path: '/x' }],
      { ...document, name: [{ given: ['B', 'C'] }], x: 'A' },
    ],
    ['copy', [{ op: 'copy', from: '/name/0/given', path: '/x' }], { ...document, x: ['B', 'C'] }],
    [
      'test whatever the order of members',
      [{ op: 'test', path: '/name/0', value: { given: ['B', 'C'], family: 'A' } }],
      document,
    ],
    ['drop what a removal leaves empty', [{ op: 'remove', path: '/name/0' }], { 'a/b': 1, 'c~d': 2, flag: true }],
    ['nothing', [], document],
  ])('can %s', (_title, patch, expected) => {
    const before = structuredClone(document);
    expect(patched(document, patch)).toEqual(expected);
    expect(document).toEqual(before);
  });

  it.each([
    [{}, 400, '/', 'has to be an array'],
    ['[]', 400, '/', 'has to be an array'],
    [[3], 400, '/0', 'it has to be an object'],
    [[{ path: '/x', value: 1 }], 400, '/0/op', 'one of add, remove'],
    [[{ op: 'swap', path: '/x' }], 400, '/0/op', 'not "swap"'],
    [[{ op: 'add', value: 1 }], 400, '/0', "'path' is missing"],
    [[{ op: 'add', path: 'x', value: 1 }], 400, '/0/path', 'JSON pointer'],
    [[{ op: 'add', path: '/x~2', value: 1 }], 400, '/0/path', 'JSON pointer'],
    [[{ op: 'add', path: '/x' }], 400, '/0', "'value' is missing, which add needs"],
    [[{ op: 'move', path: '/x' }], 400, '/0', "'from' is missing"],
    [[{ op: 'replace', path: '/x', value: 1 }], 400, '/0/path', "the resource has no 'x'"],
    [[{ op: 'remove', path: '/name/3' }], 400, '/0/path', '/name has 1 items, so there is no index 3'],
    [[{ op: 'remove', path: '/name/-' }], 400, '/0/path', 'nothing is yet'],
    [[{ op: 'remove', path: '/name/01' }], 400, '/0/path', "'01' is no index of the array /name"],
    [[{ op: 'add', path: '/name/5', value: 1 }], 400, '/0/path', 'nothing can be added at 5'],
    [[{ op: 'add', path: '/x/y', value: 1 }], 400, '/0/path', "the resource has no 'x'"],
    [[{ op: 'add', path: '/flag/y', value: 1 }], 400, '/0/path', '/flag is a plain value'],
    [[{ op: 'move', from: '/name', path: '/name/0/x' }], 400, '/0/path', 'cannot be moved into itself'],
    [[{ op: 'copy', from: '/nope', path: '/x' }], 400, '/0/from', "has no 'nope'"],
    [[{ op: 'remove', path: '/constructor' }], 400, '/0/path', "has no 'constructor'"],
    [
      [
        { op: 'add', path: '/x', value: 1 },
        { op: 'test', path: '/flag', value: false },
      ],
      422,
      '/1/value',
      '/flag is true and not false',
    ],
  ])('refuses %j with %i at %s', (patch, status, at, message) => {
    const found = refusal(document, patch);
    expect(found).toMatchObject({ status, at });
    expect(found.detail).toContain(message);
  });

  it('refuses a resource that copies itself into itself until it is too large', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => ({ op: 'copy', from: '', path: `/x${index}` }));
    expect(refusal({ a: 1 }, doubling).status).toBe(413);
  });

  it('keeps the digits of decimals that it does not touch', () => {
    const value = parseJson('{"a":1.10,"b":2}');
    const patch = [
      { op: 'test', path: '/a', value: 1.1 },
      { op: 'replace', path: '/b', value: 3 },
    ];
    expect(JSON.stringify(patched(value, patch))).toBe('{"a":1.10,"b":3}');
  });

  it('agrees with another implementation on what random additions and replacements make', () => {
    const path = fc.constantFrom('/name', '/name/0', '/name/0/given/1', '/name/-', '/flag', '/x', '/name/0/family');
    const operation = fc.record({
      op: fc.constantFrom('add', 'replace', 'test'),
      path,
      value: fc.jsonValue({ maxDepth: 1 }),
    });
    const property = fc.property(fc.array(operation, { maxLength: 5 }), (patch) => {
      let theirs: unknown = 'refused';
      try {
        const copy = structuredClone(document);
        theirs = fastJsonPatch.applyPatch(copy, structuredClone(patch) as fastJsonPatch.Operation[], true).newDocument;
      } catch {
        // A refusal is compared like a result.
      }
      let ours: unknown = 'refused';
      try {
        ours = patched(document, patch);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
      }
      expect(ours).toEqual(theirs);
    });
    fc.assert(property);
  });
});
