import { CONFLICT, problem } from './problem.ts';
import type { Expectation, Expected } from './scenario-shape.ts';

/** What a played step left behind, as later steps and its own expectations see it. */
export interface StepValues {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed, where the reply was JSON. */
  readonly body?: unknown;
  readonly result?: unknown;
}

/** The value at a dotted path, through own members and list places only; undefined where there is none. */
export const valueAt = (root: unknown, path: string): unknown => {
  let value = root;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
};

const HOLE = /\{\{\s*([\w.-]+)\s*\}\}/g;

const lookUp = (path: string, values: unknown): unknown => {
  const found = valueAt(values, path);
  if (found === undefined || found === null)
    throw problem(CONFLICT, `The step needs ${path}, which an earlier step did not leave; begin again with step 1`);
  return found;
};

/**
 * Fills the holes of an input: a text that is one hole becomes the value itself, a hole within a text becomes text. There is
 * nothing to call and nothing to compute, so a scenario can do no more than name what an exchange held.
 */
export const fill = (template: unknown, values: unknown): unknown => {
  if (typeof template === 'string') {
    const whole = /^\{\{\s*([\w.-]+)\s*\}\}$/.exec(template)?.[1];
    if (whole !== undefined) return lookUp(whole, values);
    return template.replaceAll(HOLE, (_, path: string) => {
      const found = lookUp(path, values);
      return typeof found === 'string' ? found : JSON.stringify(found);
    });
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, item]) => [name, fill(item, values)]));
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

const condition = (expected: Expected, name: 'absent' | 'present' | 'not'): { value: unknown } | undefined =>
  typeof expected === 'object' &&
  expected !== null &&
  Object.keys(expected).length === 1 &&
  Object.hasOwn(expected, name)
    ? { value: Reflect.get(expected, name) }
    : undefined;

const judge = (name: string, expected: Expected, actual: unknown): string | undefined => {
  if (condition(expected, 'absent'))
    return actual === undefined ? undefined : `${name} should not be there, but is ${shown(actual)}`;
  if (condition(expected, 'present')) return actual === undefined ? `${name} is missing` : undefined;
  const not = condition(expected, 'not');
  if (not) return same(actual, not.value) ? `${name} is ${shown(actual)}, which it should not be` : undefined;
  return same(actual, expected) ? undefined : `${name} is ${shown(actual)} and not ${shown(expected)}`;
};

/** Everything in which a step is not as expected, in words. */
export const differences = (expected: Expectation, actual: StepValues): string[] => {
  const { status } = expected;
  const wrong: (string | undefined)[] = [];
  if (status !== undefined && actual.status !== status)
    wrong.push(
      actual.status === undefined
        ? `there was no reply, and not ${status}`
        : `the status is ${actual.status} and not ${status}`,
    );
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const key = name.toLowerCase();
    wrong.push(judge(`header ${name}`, value, Object.hasOwn(actual.headers, key) ? actual.headers[key] : undefined));
  }
  for (const [path, value] of Object.entries(expected.body ?? {}))
    wrong.push(judge(path, value, valueAt(actual.body, path)));
  for (const [path, value] of Object.entries(expected.result ?? {}))
    wrong.push(judge(path, value, valueAt(actual.result, path)));
  return wrong.filter((line) => line !== undefined);
};
