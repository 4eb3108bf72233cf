import { isDeepStrictEqual } from 'node:util';
import { BAD_REQUEST, type ProblemError, problem, TOO_LARGE, UNPROCESSABLE } from '../problem.ts';
import { MAX_DEPTH, withOrdinaryNumbers } from './json.ts';
import { editAt, getAt, parsePointer, printPointer } from './json-pointer.ts';

interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: readonly string[];
  readonly from: readonly string[];
  readonly value: unknown;
}

/** More than any honest patch has; a list that grows with every operation would otherwise cost its square. */
const MAX_OPERATIONS = 10_000;
/** Values that copies may add up to: a resource that copies itself into itself doubles each time. */
const MAX_COPIED = 100_000;
const NEEDS_FROM = new Set(['move', 'copy']);
const NEEDS_VALUE = new Set(['add', 'replace', 'test']);
const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;

const wrong = (index: number, member: string, detail: string): ProblemError =>
  problem(BAD_REQUEST, `Operation ${index} of the patch: ${detail}`, { at: `/${index}${member}` });

const readPointer = (source: object, name: 'path' | 'from', index: number): readonly string[] => {
  const text: unknown = name in source ? Reflect.get(source, name) : undefined;
  if (text === undefined) throw wrong(index, '', `'${name}' is missing`);
  const steps = typeof text === 'string' ? parsePointer(text) : undefined;
  if (steps === undefined)
    throw wrong(
      index,
      `/${name}`,
      `'${name}' has to be a JSON pointer such as /name/0/family, not ${JSON.stringify(text)?.slice(0, 80)}`,
    );
  return steps;
};

const readOperation = (source: unknown, index: number): Operation => {
  if (typeof source !== 'object' || source === null || Array.isArray(source))
    throw wrong(index, '', 'it has to be an object with op and path');
  const named: unknown = 'op' in source ? source.op : undefined;
  const op = OPERATIONS.find((known) => known === named);
  if (op === undefined)
    throw wrong(
      index,
      '/op',
      `'op' has to be one of ${OPERATIONS.join(', ')}, not ${JSON.stringify(named)?.slice(0, 40) ?? 'absent'}`,
    );
  const path = readPointer(source, 'path', index);
  if (NEEDS_VALUE.has(op) && !('value' in source)) throw wrong(index, '', `'value' is missing, which ${op} needs`);
  const from = NEEDS_FROM.has(op) ? readPointer(source, 'from', index) : [];
  return { op, path, from, value: 'value' in source ? source.value : undefined };
};

/** Reads a JSON Patch; refuses with the operation and member whatever is not one. */
export const readPatch = (value: unknown): readonly Operation[] => {
  if (!Array.isArray(value))
    throw problem(BAD_REQUEST, 'A JSON Patch has to be an array of operations (RFC 6902)', { at: '/' });
  if (value.length > MAX_OPERATIONS)
    throw problem(TOO_LARGE, `The patch has ${value.length} operations; ${MAX_OPERATIONS} are the most`);
  return value.map(readOperation);
};

const measure = (node: unknown, depth: number, budget: number): number => {
  if (depth > MAX_DEPTH || budget < 1) return Number.POSITIVE_INFINITY;
  if (typeof node !== 'object' || node === null) return 1;
  let size = 1;
  for (const item of Object.values(node)) {
    size += measure(item, depth + 1, budget - size);
    if (size > budget) return Number.POSITIVE_INFINITY;
  }
  return size;
};

const startsWith = (path: readonly string[], prefix: readonly string[]): boolean =>
  prefix.length < path.length && prefix.every((step, depth) => step === path[depth]);

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
};

const applyOne = (root: unknown, operation: Operation, index: number, budget: { left: number }): unknown => {
  const { op, path, from, value } = operation;
  const need = (found: ReturnType<typeof getAt>, member: string): unknown => {
    if ('missing' in found)
      throw wrong(index, member, `${op} ${printPointer(path) || '(the whole)'} is not possible: ${found.missing}`);
    return found.value;
  };
  if (op === 'test') {
    const actual = need(getAt(root, path), '/path');
    if (isDeepStrictEqual(withOrdinaryNumbers(actual), withOrdinaryNumbers(value))) return root;
    const detail = `Operation ${index} of the patch: the test failed, ${printPointer(path)} is ${shown(actual)} and not ${shown(value)}`;
    throw problem(UNPROCESSABLE, detail, { at: `/${index}/value` });
  }
  if (op === 'add' || op === 'replace') {
    if (op === 'replace') need(getAt(root, path), '/path');
    return need(editAt(root, path, { kind: op, value }), '/path');
  }
  if (op === 'remove') return need(editAt(root, path, { kind: 'remove' }), '/path');
  const moved = need(getAt(root, from), '/from');
  if (op === 'move') {
    if (startsWith(path, from)) throw wrong(index, '/path', 'a value cannot be moved into itself');
    const without = need(editAt(root, from, { kind: 'remove' }), '/from');
    return need(editAt(without, path, { kind: 'add', value: moved }), '/path');
  }
  budget.left -= measure(moved, 0, budget.left);
  if (budget.left < 0)
    throw problem(TOO_LARGE, `Operation ${index} of the patch: the copies make the resource too large`);
  return need(editAt(root, path, { kind: 'add', value: moved }), '/path');
};

const isEmpty = (node: unknown): boolean =>
  typeof node === 'object' && node !== null && !JSON.isRawJSON(node) && Object.keys(node).length === 0;

/** FHIR has no empty arrays or objects (R4 json.html), so what a removal leaves empty goes too. */
const withoutEmpty = (node: unknown): unknown => {
  if (typeof node !== 'object' || node === null || JSON.isRawJSON(node)) return node;
  if (Array.isArray(node)) return node.map(withoutEmpty).filter((item) => !isEmpty(item));
  return Object.fromEntries(
    Object.entries(node)
      .map(([name, item]) => [name, withoutEmpty(item)] as const)
      .filter(([, item]) => !isEmpty(item)),
  );
};

/** Applies all operations or none: what is handed in is never changed. RFC 6902; FHIR R4 http.html#patch */
export const applyPatch = (document: unknown, operations: readonly Operation[]): unknown => {
  const budget = { left: MAX_COPIED };
  let root = document;
  for (const [index, operation] of operations.entries()) root = applyOne(root, operation, index, budget);
  if (measure(root, 0, Number.MAX_SAFE_INTEGER) === Number.POSITIVE_INFINITY)
    throw problem(UNPROCESSABLE, `The patch nests the resource more than ${MAX_DEPTH} levels deep`);
  return operations.some(({ op }) => op === 'remove' || op === 'move') ? withoutEmpty(root) : root;
};

export type { Operation as PatchOperation };
